import { createHash } from "node:crypto";

/**
 * What leases and license files carry instead of a machine's fingerprint: base64url without padding
 * of SHA-256 over the UTF-8 bytes of
 *
 *     "latchkey/fingerprint/v1" NUL productId NUL fingerprint
 *
 * The label keeps the hash apart from every other one, the product id keeps one machine from being
 * recognised across products. Neither part may hold a NUL (a fingerprint is `[A-Za-z0-9_.:-]`);
 * throws RangeError if one does, since two inputs could then share a hash.
 */
export function fingerprintHash(fingerprint: string, productId: string): string {
  if (fingerprint.includes("\0") || productId.includes("\0")) {
    throw new RangeError("A fingerprint and a product id cannot contain NUL");
  }
  return createHash("sha256")
    .update(`latchkey/fingerprint/v1\0${productId}\0${fingerprint}`)
    .digest("base64url");
}
