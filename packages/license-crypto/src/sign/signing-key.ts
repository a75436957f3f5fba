import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import { jwkThumbprint, publicJwkSchema } from "../jwk.ts";
import type { PublicJwk, SigningAlgorithm } from "../jwk.ts";

const RSA_BITS = 4096;
const newKeyPair = promisify(generateKeyPair);

export interface SigningKey {
  /** The RFC 7638 thumbprint of the public key. */
  kid: string;
  algorithm: SigningAlgorithm;
  publicJwk: PublicJwk;
  /** PKCS #8 in PEM, unencrypted: encrypt it before it is stored. */
  privateKeyPem: string;
}

/**
 * A new key pair: Ed25519 for EdDSA, RSA-4096 for PS256. Asynchronous because RSA takes about a
 * second, which the thread pool spends and not the event loop.
 */
export async function generateSigningKey(algorithm: SigningAlgorithm): Promise<SigningKey> {
  const { publicKey, privateKey } =
    algorithm === "EdDSA"
      ? await newKeyPair("ed25519")
      : await newKeyPair("rsa", { modulusLength: RSA_BITS });
  const unnamed = { ...publicKey.export({ format: "jwk" }), alg: algorithm, use: "sig" };
  const kid = jwkThumbprint(publicJwkSchema.parse({ ...unnamed, kid: "unnamed" }));
  return {
    kid,
    algorithm,
    publicJwk: publicJwkSchema.parse({ ...unnamed, kid }),
    privateKeyPem: privateKey.export({ format: "pem", type: "pkcs8" }).toString(),
  };
}
