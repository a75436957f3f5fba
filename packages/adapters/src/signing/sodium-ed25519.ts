import type { KeyObject } from "node:crypto";
import { createRequire } from "node:module";
import type { Ed25519 } from "@latchkey/core/ports";
import type * as sodiumNative from "sodium-native";

type Sodium = Pick<
  typeof sodiumNative,
  | "crypto_sign_BYTES"
  | "crypto_sign_PUBLICKEYBYTES"
  | "crypto_sign_SECRETKEYBYTES"
  | "crypto_sign_detached"
  | "crypto_sign_seed_keypair"
>;

const requireSodium = (): Sodium => createRequire(import.meta.url)("sodium-native") as Sodium;

/** The 32 bytes that an Ed25519 key is made of (RFC 8037, section 2). Throws TypeError for another key. */
const seedOf = (privateKey: KeyObject): Buffer => {
  const { crv, d } = privateKey.export({ format: "jwk" });
  if (crv !== "Ed25519" || d === undefined) throw new TypeError("This is no private Ed25519 key.");
  return Buffer.from(d, "base64url");
};

/**
 * Ed25519 by libsodium: the same signatures as node:crypto's, byte for byte, in less time (docs/decisions/0007). Null
 * where libsodium cannot be loaded, as on a machine that sodium-native has no binary for; `onMissing` is told why.
 */
export const findSodiumEd25519 = (
  onMissing: (error: unknown) => void,
  load: () => Sodium = requireSodium,
): Ed25519 | null => {
  let sodium: Sodium;
  try {
    sodium = load();
  } catch (error) {
    onMissing(error);
    return null;
  }
  return (privateKey) => {
    const publicKey = Buffer.alloc(sodium.crypto_sign_PUBLICKEYBYTES);
    const secretKey = Buffer.alloc(sodium.crypto_sign_SECRETKEYBYTES);
    const seed = seedOf(privateKey);
    sodium.crypto_sign_seed_keypair(publicKey, secretKey, seed);
    seed.fill(0);
    return (message) => {
      const signature = Buffer.allocUnsafe(sodium.crypto_sign_BYTES);
      sodium.crypto_sign_detached(signature, message, secretKey);
      return signature;
    };
  };
};
