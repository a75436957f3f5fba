import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import type { KeyObject } from "node:crypto";

/** What a secret is for; each purpose has keys of its own, so that no ciphertext passes for another's. */
export type Purpose =
  | "license-key"
  | "signing-key"
  | "invitation-token"
  | "event-secret"
  | "mail-content"
  | "idempotent-answer"
  | "idempotency-scope"
  | "trial-claim";

/** Keeps secrets: what it seals or hashes is worthless in a dump of the database. */
export interface Vault {
  /** AES-256-GCM under a key derived for the purpose: version, nonce, tag, ciphertext. */
  seal(purpose: Purpose, plaintext: string): Buffer;
  /** Throws when the bytes were not sealed for this purpose under this secret. */
  open(purpose: Purpose, sealed: Uint8Array): string;
  /** HMAC-SHA256 under a key derived for the purpose: finds a secret without storing it. */
  hash(purpose: Purpose, text: string): Buffer;
}

const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Opens the vault under LATCHKEY_SECRET (at least 32 characters). Keys are derived by HKDF-SHA256
 * (RFC 5869) with the purpose as info; sealing is AES-256-GCM (NIST SP 800-38D) with random nonces.
 */
export const createVault = (secret: string): Vault => {
  // Key objects, not bytes: given bytes, Node spends five times as long on finding out what kind of key they are as on
  // the HMAC itself. Every validation pays for it, and every key that is new to the process.
  const keys = new Map<string, KeyObject>();
  const keyFor = (use: "seal" | "hash", purpose: Purpose): KeyObject => {
    const info = `latchkey/${use}/${purpose}/v${version}`;
    const known = keys.get(info);
    if (known) return known;
    const key = createSecretKey(Buffer.from(hkdfSync("sha256", secret, "", info, 32)));
    keys.set(info, key);
    return key;
  };
  return {
    seal: (purpose, plaintext) => {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv("aes-256-gcm", keyFor("seal", purpose), nonce);
      const body = Buffer.concat([cipher.update(plaintext, "utf8"), cipher.final()]);
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed);
      if (bytes.length < 1 + nonceBytes + tagBytes || bytes[0] !== version) {
        throw new Error(`not sealed by this vault for ${purpose}`);
      }
      const nonce = bytes.subarray(1, 1 + nonceBytes);
      const decipher = createDecipheriv("aes-256-gcm", keyFor("seal", purpose), nonce, {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes));
      const body = bytes.subarray(1 + nonceBytes + tagBytes);
      return Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8");
    },
    hash: (purpose, text) => createHmac("sha256", keyFor("hash", purpose)).update(text).digest(),
  };
};
