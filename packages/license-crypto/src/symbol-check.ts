/**
 * The arithmetic behind a license key's last symbol.
 *
 * The 32 symbols of Crockford's base32 are read as the elements of GF(32), five-bit polynomials
 * over GF(2) modulo x^5 + x^2 + 1. That polynomial is primitive, so x, written α below, has order
 * 31. A key of n symbols v₁…vₙ, prefix included and check symbol last, is right when
 *
 *     αⁿ + v₁·αⁿ⁻¹ + v₂·αⁿ⁻² + … + vₙ₋₁·α + vₙ = 0
 *
 * which is one parity check of a Reed–Solomon code. What it catches follows from the weights being
 * non-zero and different from each other for up to 31 symbols in a row:
 *
 * - one symbol replaced: the sum moves by weight·(v + v′), a product of two non-zero elements;
 * - two symbols exchanged, next to each other or not: it moves by (αⁱ + αʲ)(v + v′);
 * - a twin error (aa typed as bb): the same product.
 *
 * Luhn mod 32 misses an exchange of 0 and the last symbol, so it was not an option. The αⁿ term makes
 * the length count, so that a lost leading zero shows. Any other error passes once in 32 times.
 *
 * The prefix has 36 letters and digits, which no single symbol can tell apart: there I and L count as
 * 1, O as 0 and U as V, and only those four look-alikes can stand for each other unseen.
 *
 * Sources: D. Crockford, "Base 32" (alphabet, look-alikes); I. S. Reed and G. Solomon, "Polynomial
 * Codes over Certain Finite Fields" (1960); J. Verhoeff, "Error Detecting Decimal Codes" (1969) for
 * the classes of errors that people make.
 */
export const SYMBOLS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const REDUCTION = 0b100101;
const HIGH_BIT = 0b010000;

const VALUES = new Map<string, number>([
  ...Array.from(SYMBOLS, (symbol, value) => [symbol, value] as const),
  ["I", 1],
  ["L", 1],
  ["O", 0],
  ["U", SYMBOLS.indexOf("V")],
]);

const timesAlpha = (value: number): number => (value << 1) ^ (value & HIGH_BIT ? REDUCTION : 0);

/** Horner's rule over upper-case `[A-Z0-9]`; throws RangeError on any other character. */
function weigh(text: string): number {
  let sum = 1;
  for (const symbol of text) {
    const value = VALUES.get(symbol);
    if (value === undefined) throw new RangeError("Only A-Z and 0-9 can be weighed");
    sum = timesAlpha(sum) ^ value;
  }
  return sum;
}

/** The symbol that makes `text` (prefix and random symbols, without dashes) right when appended. */
export function checkSymbolOf(text: string): string {
  return SYMBOLS.charAt(timesAlpha(weigh(text)));
}

/** Whether the last symbol of `text` (upper case, without dashes) agrees with all before it. */
export function hasRightCheckSymbol(text: string): boolean {
  return weigh(text) === 0;
}
