import { constants, sign, timingSafeEqual } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { MAX_TOKEN_LENGTH } from "../claims.ts";
import { MIN_RSA_BITS } from "../jwk.ts";
import type { SigningAlgorithm } from "../jwk.ts";

export interface Signer {
  kid: string;
  algorithm: SigningAlgorithm;
  /**
   * A compact JWS (RFC 7515) over the JSON of `claims`, header `{ alg, kid, typ }`.
   * Throws RangeError when the token would be longer than any verifier reads.
   */
  sign(typ: string, claims: object): string;
  /**
   * Whether this key made `signature` over `message`. Signs again and compares: Ed25519 leaves no choice in a
   * signature (RFC 8032, section 5.1.6), and signing is less work than verifying. Always false for PS256, which salts.
   */
  isOwn(message: Buffer, signature: Buffer): boolean;
}

/** RFC 8032, section 5.1.6. */
const ED25519_SIGNATURE_BYTES = 64;

/**
 * Prepares a private key; what it answers signs a message by Ed25519 (RFC 8032) in 64 bytes, synchronously, since
 * heartbeats wait for it. Each signature is a buffer of its own, which the caller may overwrite. Throws TypeError for
 * a key of another kind.
 */
export type Ed25519 = (privateKey: KeyObject) => (message: Buffer) => Buffer;

/**
 * A signer over one private key, EdDSA by RFC 8037 or PS256 by RFC 7518 section 3.5. Synchronous: it
 * stands on the heartbeat's path, where a Web Crypto wrapper would cost twice the signature itself.
 * `ed25519` makes EdDSA's signatures, node:crypto where it is left out. Throws TypeError when the key
 * does not fit the algorithm.
 */
export function createSigner(options: {
  kid: string;
  algorithm: SigningAlgorithm;
  privateKey: KeyObject;
  ed25519?: Ed25519;
}): Signer {
  const { kid, algorithm, privateKey, ed25519 = ed25519ByNode } = options;
  assertFits(privateKey, algorithm);
  const signBytes = algorithm === "EdDSA" ? ed25519(privateKey) : ps256(privateKey);
  const headers = new Map<string, string>();

  const headerFor = (typ: string): string => {
    const known = headers.get(typ);
    if (known !== undefined) return known;
    const made = Buffer.from(JSON.stringify({ alg: algorithm, kid, typ })).toString("base64url");
    headers.set(typ, made);
    return made;
  };

  return {
    kid,
    algorithm,
    sign(typ, claims) {
      const payload = Buffer.from(JSON.stringify(claims)).toString("base64url");
      const signingInput = `${headerFor(typ)}.${payload}`;
      const signature = signBytes(Buffer.from(signingInput, "ascii")).toString("base64url");
      const token = `${signingInput}.${signature}`;
      if (token.length > MAX_TOKEN_LENGTH) {
        throw new RangeError(`A token of ${token.length} characters is over ${MAX_TOKEN_LENGTH}`);
      }
      return token;
    },
    isOwn(message, signature) {
      if (algorithm !== "EdDSA" || signature.length !== ED25519_SIGNATURE_BYTES) return false;
      const right = signBytes(message);
      // How long it takes must not tell a forger how much of a signature is right.
      const isRight = timingSafeEqual(right, signature);
      // A forger can choose the message, and would want this very signature: no copy of it stays in memory.
      right.fill(0);
      return isRight;
    },
  };
}

const ed25519ByNode: Ed25519 = (key) => (bytes) => sign(null, bytes, key);

const ps256 = (key: KeyObject) => (bytes: Buffer) =>
  sign("sha256", bytes, {
    key,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
  });

function assertFits(key: KeyObject, algorithm: SigningAlgorithm): void {
  const fits =
    key.type === "private" &&
    (algorithm === "EdDSA"
      ? key.asymmetricKeyType === "ed25519"
      : key.asymmetricKeyType === "rsa" &&
        (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS);
  if (!fits) throw new TypeError(`This key cannot sign ${algorithm}`);
}
