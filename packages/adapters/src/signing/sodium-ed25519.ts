import type { KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import type { Ed25519 } from "@latchkey/core/ports";

type Sodium = Pick<
  typeof import("sodium-native"),
  | "crypto_sign_BYTES"
  | "crypto_sign_PUBLICKEYBYTES"
  | "crypto_sign_SECRETKEYBYTES"
  | "crypto_sign_detached"
  | "crypto_sign_seed_keypair"
>;

/** Null where the library has no binary for this machine. */
const loadSodium = (): Sodium | null => {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch {
    return null;
  }
};

/** The 32 bytes that an Ed25519 key is made of (RFC 8037, section 2). Throws TypeError for another key. */
const seedOf = (privateKey: KeyObject): Buffer => {
  const { crv, d } = privateKey.export({ format: "jwk" });
  if (crv !== "Ed25519" || d === undefined) throw new TypeError("This is no private Ed25519 key.");
  return Buffer.from(d, "base64url");
};

/**
 * Ed25519 by libsodium, which signs in a third of the time that OpenSSL takes, whose arithmetic is that of
 * 32-bit machines: it is the greatest part of a heartbeat. The signatures are the same, byte for byte, since RFC 8032
 * leaves no choice. Null where there is no libsodium for this machine; leave it to node:crypto there.
 */
export const findSodiumEd25519 = (sodium: Sodium | null = loadSodium()): Ed25519 | null =>
  sodium &&
  ((privateKey) => {
    const publicKey = Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES);
    const secretKey = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
    sodium.crypto_sign_seed_keypair(publicKey, secretKey, seedOf(privateKey));
    return (message) => {
      const signature = Buffer.allocUnsafe(sodium.crypto_sign_BYTES);
      sodium.crypto_sign_detached(signature, message, secretKey);
      return signature;
    };
  });
