import { createPublicKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { jwkSetSchema, MIN_RSA_BITS, publicJwkSchema } from "../jwk.ts";
import type { SigningAlgorithm } from "../jwk.ts";

export interface VerificationKey {
  kid: string;
  algorithm: SigningAlgorithm;
  publicKey: KeyObject;
  /**
   * Whether the private key made this signature; set where that key is at hand (`createOwnKeyRing`). True proves
   * the signature; false proves nothing, and it must be verified.
   */
  isOwn?: (message: Buffer, signature: Buffer) => boolean;
}

/** The public keys that a verifier believes, imported once. */
export interface KeyRing {
  kids: readonly string[];
  find(kid: string): VerificationKey | undefined;
}

/**
 * Reads a JWK set (RFC 7517). Keys of another kind than Ed25519 with `alg: "EdDSA"` and RSA with
 * `alg: "PS256"` are left out, as its section 5 asks; `kids` says what remained. Private members are
 * not read. Throws $ZodError when `jwks` is no JWK set, RangeError when two usable keys share a kid.
 */
export function createKeyRing(jwks: { keys: readonly unknown[] }): KeyRing {
  const keys = new Map<string, VerificationKey>();
  for (const jwk of jwkSetSchema.parse(jwks).keys) {
    const key = importKey(jwk);
    if (key === null) continue;
    if (keys.has(key.kid)) throw new RangeError(`Two keys share the kid ${key.kid}`);
    keys.set(key.kid, key);
  }
  return { kids: [...keys.keys()], find: (kid) => keys.get(kid) };
}

/** The key that a JWK describes, or null for one that this package does not use. */
export function importKey(candidate: unknown): VerificationKey | null {
  const parsed = publicJwkSchema.safeParse(candidate);
  if (!parsed.success) return null;
  const { kid, alg, use: _use, ...material } = parsed.data;
  try {
    const publicKey = createPublicKey({ key: material, format: "jwk" });
    const { modulusLength } = publicKey.asymmetricKeyDetails ?? {};
    const tooShort = modulusLength !== undefined && modulusLength < MIN_RSA_BITS;
    return tooShort ? null : { kid, algorithm: alg, publicKey };
  } catch {
    return null;
  }
}
