import { parseLicenseKey } from "./license-key.ts";
import type { LicenseKeyParts } from "./license-key.ts";

/** A pasted mail is short; past this nobody pasted a key on purpose. */
const MAX_PASTED_LENGTH = 65_536;

const NOT_INSIDE_A_WORD = String.raw`(?<![A-Za-z0-9])`;
const WORD_ENDS = String.raw`(?![A-Za-z0-9])`;
/** By a dash alone: with a space it is prose that goes on. */
const SEVENTH_GROUP = String.raw`[\p{Pd}\u2212][A-Za-z0-9]{4}`;
const FIRST_GROUP = /^[A-Za-z0-9]+[^A-Za-z0-9]+/;

/**
 * Surest writing first. Each is a look-ahead, so that a candidate which turns out wrong does not
 * swallow the beginning of the right one ("KEY-ACME-…").
 */
const WRITINGS = [
  // Dashed; a long line may be broken after a dash and quoted with ">".
  {
    groups: String.raw`[A-Za-z0-9]{2,12}(?:[ \t\u00a0]{0,3}[\p{Pd}\u2212][\s>]{0,8}[A-Za-z0-9]{4}){5}`,
    sure: true,
  },
  { groups: String.raw`[A-Za-z0-9]{2,12}[\p{Pd}\u2212][A-Za-z0-9]{20}`, sure: true },
  { groups: String.raw`[A-Za-z0-9]{2,12}(?:[ \t\u00a0]{1,3}[A-Za-z0-9]{4}){5}`, sure: false },
  { groups: String.raw`[A-Za-z0-9]{22,32}`, sure: false },
].map(({ groups, sure }) => ({
  pattern: new RegExp(`${NOT_INSIDE_A_WORD}(?=(${groups})(${SEVENTH_GROUP})?${WORD_ENDS})`, "gu"),
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
    for (const [, candidate = "", seventh] of pasted.matchAll(pattern)) {
      if (!sure && !/\d/.test(candidate)) continue;
      const found = keyIn(candidate.replaceAll(">", ""), prefix);
      if (!found) continue;
      if (seventh === undefined) return found;
      // "KEY-ACME-…": one in 32 words and a dash before a key pass the check with its first five groups.
      return keyIn(`${found.key.replace(FIRST_GROUP, "")}${seventh}`, prefix) ?? found;
    }
  }
  return null;
}

function keyIn(text: string, prefix: string | undefined): LicenseKeyParts | null {
  const parsed = parseLicenseKey(text);
  if (!parsed.ok || (prefix !== undefined && parsed.prefix !== prefix)) return null;
  return { key: parsed.key, prefix: parsed.prefix, lastFour: parsed.lastFour };
}
