import { createDecipheriv } from "node:crypto";
import * as z from "zod/mini";
import { LICENSE_FILE_TYPE } from "../claims.ts";
import { deriveFileKey, FILE_ENCRYPTION } from "../license-file-key.ts";
import { parseLicenseKey } from "../license-key.ts";
import { decodeBase64url, decodeJson } from "./compact-encoding.ts";

export type DecryptedFile =
  | { ok: true; token: string }
  | { ok: false; reason: "damaged" | "needs_key" | "wrong_key" | "newer_format" };

const anyHeaderSchema = z.object({ alg: z.string(), enc: z.string() });
const headerSchema = z.strictObject({
  alg: z.literal(FILE_ENCRYPTION.alg),
  enc: z.literal(FILE_ENCRYPTION.enc),
  cty: z.literal(LICENSE_FILE_TYPE),
  kid: z.string(),
});
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The JWS inside a compact JWE of `license-file-key.ts`. Direct encryption is one AES-256-GCM call
 * (RFC 7516 section 5.2), done here so that a customer's machine needs no JOSE library.
 */
export function decryptLicenseFile(jwe: string, licenseKey: string | undefined): DecryptedFile {
  const [headerPart = "", encryptedKey, ivPart = "", textPart = "", tagPart = ""] = jwe.split(".");
  const rawHeader = decodeJson(headerPart);
  const iv = decodeBase64url(ivPart);
  const ciphertext = decodeBase64url(textPart);
  const tag = decodeBase64url(tagPart);
  if (!anyHeaderSchema.safeParse(rawHeader).success) return refused("damaged");
  const header = headerSchema.safeParse(rawHeader);
  if (!header.success) return refused("newer_format");
  if (encryptedKey !== "" || iv?.length !== IV_BYTES || tag?.length !== TAG_BYTES || !ciphertext) {
    return refused("damaged");
  }

  if (licenseKey === undefined) return refused("needs_key");
  const parsed = parseLicenseKey(licenseKey);
  if (!parsed.ok) return refused("wrong_key");
  const { contentKey, kid } = deriveFileKey(parsed.key);
  if (kid !== header.data.kid) return refused("wrong_key");
  try {
    const decipher = createDecipheriv("aes-256-gcm", contentKey, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(headerPart, "ascii")).setAuthTag(tag);
    const token = Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("latin1");
    return { ok: true, token };
  } catch {
    return refused("damaged");
  }
}

const refused = (reason: Extract<DecryptedFile, { ok: false }>["reason"]): DecryptedFile => ({
  ok: false,
  reason,
});
