/**
 * The license key, as a person types it:
 *
 *     LATCH-7K2M-Q9XB-40TD-V8HN-3CFH
 *     └─┬─┘ └──────────┬─────────┘ └ check symbol over everything before it (symbol-check.ts)
 *       │              └ 19 symbols of Crockford's base32, 5 bits each: 95 bits from a CSPRNG
 *       └ the product's prefix, 2 to 12 of A-Z0-9; says which product, keeps no secret
 *
 * Groups are counted as a reader sees them: the prefix is group 1, the last four symbols group 6.
 */
import { checkSymbolOf, hasRightCheckSymbol, SYMBOLS } from "./symbol-check.ts";

declare const licenseKeyBrand: unique symbol;

/** A license key in its one canonical spelling, format and check symbol proved. */
export type LicenseKeyText = string & { readonly [licenseKeyBrand]: true };

export interface LicenseKeyParts {
  key: LicenseKeyText;
  prefix: string;
  /** The last group; safe to store and show. */
  lastFour: string;
}

export type LicenseKeyResult =
  | ({ ok: true } & LicenseKeyParts)
  | { ok: false; reason: "format"; group?: number }
  /** The symbols disagree. One check symbol cannot tell in which group, so none is named. */
  | { ok: false; reason: "check_symbol"; group?: never };

const RANDOM_SYMBOLS = 19;
const BODY_LENGTH = 20;
const GROUP_LENGTH = 4;
const GROUP_COUNT = 1 + BODY_LENGTH / GROUP_LENGTH;
const PREFIX = /^[A-Z0-9]{2,12}$/;
const TYPED_GROUP = /^[0-9A-TV-Z]{4}$/;
const MAX_TYPED_LENGTH = 256;

const DASHES = /[\p{Pd}\u2212]+/u;
/** Spaces of any kind and the invisible characters that mail and chat programs slip in. */
const UNSEEN = /[\s\p{Cf}]+/gu;

/**
 * A new key under `prefix`, from the platform's CSPRNG.
 * Throws RangeError unless the prefix is 2 to 12 of A-Z0-9.
 */
export function generateLicenseKey(prefix: string): LicenseKeyText {
  if (!PREFIX.test(prefix)) throw new RangeError("A key prefix is 2 to 12 of A-Z and 0-9");
  const bytes = crypto.getRandomValues(new Uint8Array(RANDOM_SYMBOLS));
  // 256 is a multiple of 32, so the low five bits of a byte favour no symbol.
  const random = Array.from(bytes, (byte) => SYMBOLS.charAt(byte & 31)).join("");
  const text = [prefix, ...inFours(random + checkSymbolOf(prefix + random))].join("-");
  if (!isLicenseKeyText(text)) throw new Error("A generated license key failed its own check");
  return text;
}

/**
 * Reads a key as typed. Forgives case, spaces, missing dashes and, in the last 20 symbols, I or L
 * for 1 and O for 0. Without dashes the last 20 symbols are the body and the rest is the prefix; a
 * dash that is there must stand where the format has one, for a dash elsewhere means that a symbol
 * was lost or doubled. `group` names the group at fault (1 to 6) where it can be known.
 */
export function parseLicenseKey(text: string): LicenseKeyResult {
  if (text.length > MAX_TYPED_LENGTH) return { ok: false, reason: "format" };
  const groups = splitGroups(text);
  if (groups === null) return { ok: false, reason: "format" };

  const wrong = groups.findIndex(
    (group, index) => !(index === 0 ? PREFIX : TYPED_GROUP).test(group),
  );
  if (wrong !== -1) return { ok: false, reason: "format", group: wrong + 1 };

  const [prefix = "", ...body] = groups;
  const key = [prefix, ...body.map(readLookAlikes)].join("-");
  if (!isLicenseKeyText(key)) return { ok: false, reason: "check_symbol" };
  return { ok: true, key, prefix, lastFour: key.slice(-GROUP_LENGTH) };
}

/** `LATCH-****-****-****-****-3CFH`: enough to recognise a key, too little to use it. */
export function maskLicenseKey({
  prefix,
  lastFour,
}: Pick<LicenseKeyParts, "prefix" | "lastFour">): string {
  return `${prefix}-****-****-****-****-${lastFour}`;
}

/** Whether `text` is already canonical: `PREFIX-XXXX-XXXX-XXXX-XXXX-XXXX` with a right check symbol. */
export function isLicenseKeyText(text: string): text is LicenseKeyText {
  return (
    /^[A-Z0-9]{2,12}(?:-[0-9A-HJKMNP-TV-Z]{4}){5}$/.test(text) &&
    hasRightCheckSymbol(text.replaceAll("-", ""))
  );
}

/** Six groups, contents unjudged; null when the writing cannot be cut into six. */
function splitGroups(text: string): string[] | null {
  const written = text
    .replace(UNSEEN, "")
    // Only ASCII: the full mapping turns one foreign letter into two symbols.
    .replace(/[a-z]/g, (letter) => letter.toUpperCase())
    .split(DASHES)
    .filter((group) => group !== "");
  if (written.length === GROUP_COUNT) return written;

  const symbols = written.join("");
  const prefixLength = symbols.length - BODY_LENGTH;
  if (prefixLength < 2 || prefixLength > 12 || !dashesFit(written)) return null;
  return [symbols.slice(0, prefixLength), ...inFours(symbols.slice(prefixLength))];
}

function dashesFit(written: readonly string[]): boolean {
  let symbolsAfter = 0;
  return written
    .slice(1)
    .toReversed()
    .every((group) => {
      symbolsAfter += group.length;
      return symbolsAfter % GROUP_LENGTH === 0 && symbolsAfter <= BODY_LENGTH;
    });
}

const inFours = (symbols: string): string[] => symbols.match(/.{4}/g) ?? [];

const readLookAlikes = (symbols: string): string =>
  symbols.replaceAll(/[IL]/g, "1").replaceAll("O", "0");
