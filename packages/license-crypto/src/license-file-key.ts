import { hkdfSync } from "node:crypto";
import type { LicenseKeyText } from "./license-key.ts";

/**
 * How an encrypted license file hangs on its license key. The JWE (RFC 7516) is `alg: dir`,
 * `enc: A256GCM`; its header is exactly these members:
 *
 *     { "alg": "dir", "enc": "A256GCM", "cty": "latchkey-license+jwt", "kid": … }
 *
 * Content key and `kid` both come from HKDF-SHA256 (RFC 5869) over the ASCII bytes of the canonical
 * license key, dashes included, with an empty salt and the `info` strings below. No stretching is
 * needed: the key has 95 random bits. `kid` lets a reader tell a wrong key from a damaged file, and
 * gives a guesser nothing that the authentication tag does not give.
 */
export const FILE_ENCRYPTION = { alg: "dir", enc: "A256GCM" } as const;
const CONTENT_KEY_INFO = "latchkey/license-file/v1/A256GCM";
const KEY_ID_INFO = "latchkey/license-file/v1/kid";

/** The 32 byte content key and the `kid` (base64url of 8 bytes) of files under `licenseKey`. */
export function deriveFileKey(licenseKey: LicenseKeyText): { contentKey: Uint8Array; kid: string } {
  return {
    contentKey: new Uint8Array(hkdfSync("sha256", licenseKey, "", CONTENT_KEY_INFO, 32)),
    kid: Buffer.from(hkdfSync("sha256", licenseKey, "", KEY_ID_INFO, 8)).toString("base64url"),
  };
}
