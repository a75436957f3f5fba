import { CompactEncrypt } from "jose";
import { armor } from "../armor.ts";
import { LICENSE_FILE_TYPE, licenseFileClaimsSchema } from "../claims.ts";
import type { LicenseFileClaims } from "../claims.ts";
import { deriveFileKey, FILE_ENCRYPTION } from "../license-file-key.ts";
import type { LicenseKeyText } from "../license-key.ts";
import type { Signer } from "./signer.ts";

/**
 * The text of a license file: a JWS in armor, or, with `encryptWithKey`, that JWS inside a JWE which
 * only the license key opens. Throws $ZodError on claims that a client would refuse.
 */
export async function createLicenseFile(options: {
  signer: Signer;
  claims: LicenseFileClaims;
  encryptWithKey?: LicenseKeyText | undefined;
}): Promise<string> {
  const { signer, claims, encryptWithKey } = options;
  const signed = signer.sign(LICENSE_FILE_TYPE, licenseFileClaimsSchema.parse(claims));
  if (encryptWithKey === undefined) return armor(signed);

  const { contentKey, kid } = deriveFileKey(encryptWithKey);
  const encrypted = await new CompactEncrypt(Buffer.from(signed, "ascii"))
    .setProtectedHeader({ ...FILE_ENCRYPTION, cty: LICENSE_FILE_TYPE, kid })
    .encrypt(contentKey);
  return armor(encrypted);
}
