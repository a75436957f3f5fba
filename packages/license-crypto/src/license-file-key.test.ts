import { expect, test } from "vitest";
import { deriveFileKey } from "./license-file-key.ts";
import { generateLicenseKey } from "./license-key.ts";

const licenseKey = generateLicenseKey("LATCH");

/** HKDF by the other implementation at hand, with the strings that the format documents. */
async function hkdf(info: string, bytes: number): Promise<Buffer> {
  const secret = await crypto.subtle.importKey("raw", Buffer.from(licenseKey), "HKDF", false, [
    "deriveBits",
  ]);
  const algorithm = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: Buffer.from(info),
  };
  return Buffer.from(await crypto.subtle.deriveBits(algorithm, secret, bytes * 8));
}

test("derives what the format documents, so that another language can", async () => {
  const { contentKey, kid } = deriveFileKey(licenseKey);
  expect(Buffer.from(contentKey)).toEqual(await hkdf("latchkey/license-file/v1/A256GCM", 32));
  expect(kid).toBe((await hkdf("latchkey/license-file/v1/kid", 8)).toString("base64url"));
});

test("gives another license key another content key and kid", () => {
  const one = deriveFileKey(licenseKey);
  const other = deriveFileKey(generateLicenseKey("LATCH"));
  expect(other.contentKey).not.toEqual(one.contentKey);
  expect(other.kid).not.toBe(one.kid);
});
