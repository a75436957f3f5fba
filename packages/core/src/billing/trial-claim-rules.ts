/** Providers whose boxes ignore dots, with the domain that stands for all their names. */
const dotless = new Map([
  ["gmail.com", "gmail.com"],
  ["googlemail.com", "gmail.com"],
]);

/**
 * The one form of a mail address under which trials are counted (money.md R21), so that spellings that
 * reach the same box are one customer: lower case; a tag from the first "+" on is dropped; Gmail's dots
 * are dropped and its two domains are one. A form is compared, never written to: no mail goes there.
 */
export const normaliseTrialAddress = (email: string): string => {
  const lower = email.trim().toLowerCase();
  const at = lower.lastIndexOf("@");
  const box = lower.slice(0, at);
  const domain = lower.slice(at + 1);
  // A box that begins with "+" has no name in front of the tag; the tag is then the name.
  const untagged = box.startsWith("+") ? box : box.replace(/\+.*$/s, "");
  const oneDomain = dotless.get(domain);
  return oneDomain === undefined
    ? `${untagged}@${domain}`
    : `${untagged.replaceAll(".", "")}@${oneDomain}`;
};
