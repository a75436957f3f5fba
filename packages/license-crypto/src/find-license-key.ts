import { parseLicenseKey } from "./license-key.ts";
import type { LicenseKeyParts } from "./license-key.ts";

/** A pasted mail is short; past this nobody pasted a key on purpose. */
const MAX_PASTED_LENGTH = 65_536;

const NOT_INSIDE_A_WORD = String.raw`(?<![A-Za-z0-9])`;
const WORD_ENDS = String.raw`(?![A-Za-z0-9])`;

/** A dash and four symbols; a long line may be broken after a dash and quoted with ">". */
const DASHED_GROUP = String.raw`[ \t\u00a0]{0,3}[\p{Pd}\u2212][\s>]{0,8}[A-Za-z0-9]{4}`;
const DASHED = `[A-Za-z0-9]{2,12}(?:${DASHED_GROUP}){5}`;

/**
 * Surest writing first. Each is a look-ahead, so that a candidate which turns out wrong does not
 * swallow the beginning of the right one ("KEY-ACME-…").
 */
const WRITINGS = [
  // Of seven groups the first six pass the check symbol once in 32 times, and the key is the last.
  { groups: `${DASHED}(?!${DASHED_GROUP}${WORD_ENDS})`, sure: true },
  { groups: DASHED, sure: true },
  { groups: String.raw`[A-Za-z0-9]{2,12}[\p{Pd}\u2212][A-Za-z0-9]{20}`, sure: true },
  { groups: String.raw`[A-Za-z0-9]{2,12}(?:[ \t\u00a0]{1,3}[A-Za-z0-9]{4}){5}`, sure: false },
  { groups: String.raw`[A-Za-z0-9]{22,32}`, sure: false },
].map(({ groups, sure }) => ({
  pattern: new RegExp(`${NOT_INSIDE_A_WORD}(?=(${groups})${WORD_ENDS})`, "gu"),
  sure,
}));

/**
 * The first license key inside a pasted text, such as the whole purchase mail; null when there is
 * none. With `prefix` only that product's keys count. Without dashes a run of ordinary words could
 * pass the check symbol by chance, so such a run must contain a digit (of 2000 keys one has none).
 */
export function findLicenseKey(text: string, prefix?: string): LicenseKeyParts | null {
  const pasted = text.slice(0, MAX_PASTED_LENGTH);
  const alone = keyIn(pasted, prefix);
  if (alone) return alone;
  for (const { pattern, sure } of WRITINGS) {
    for (const [, candidate = ""] of pasted.matchAll(pattern)) {
      if (!sure && !/\d/.test(candidate)) continue;
      const found = keyIn(candidate.replaceAll(">", ""), prefix);
      if (found) return found;
    }
  }
  return null;
}

function keyIn(text: string, prefix: string | undefined): LicenseKeyParts | null {
  const parsed = parseLicenseKey(text);
  if (!parsed.ok || (prefix !== undefined && parsed.prefix !== prefix)) return null;
  return { key: parsed.key, prefix: parsed.prefix, lastFour: parsed.lastFour };
}
