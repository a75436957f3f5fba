import { constants, verify } from "node:crypto";
import * as z from "zod/mini";
import { MAX_TOKEN_LENGTH } from "../claims.ts";
import { decodeBase64url, decodeJson } from "./compact-encoding.ts";
import type { KeyRing, VerificationKey } from "./key-ring.ts";

export type JwsRefusal =
  "malformed" | "wrong_type" | "unknown_key" | "wrong_algorithm" | "bad_signature";

export type VerifiedJws = { ok: true; payload: unknown } | { ok: false; reason: JwsRefusal };

/**
 * Nothing but these three: `crit` would name rules that we do not know (RFC 7515 section 4.1.11), and
 * `jwk`, `jku` or `x5c` would let a token bring its own key.
 */
const headerSchema = z.strictObject({ alg: z.string(), kid: z.string(), typ: z.string() });

/**
 * The payload of a compact JWS of type `typ`, once its signature holds. The algorithm is the one of
 * the key that `kid` names in the ring; the header's `alg` must agree and decides nothing, which
 * closes "none" and the use of a public key as an HMAC secret (RFC 8725 section 3.1).
 */
export function verifyCompactJws(keyRing: KeyRing, token: string, typ: string): VerifiedJws {
  if (token.length > MAX_TOKEN_LENGTH) return refused("malformed");
  const [headerPart = "", payloadPart = "", signaturePart = "", ...rest] = token.split(".");
  const header = headerSchema.safeParse(decodeJson(headerPart));
  const payload = decodeJson(payloadPart);
  const signature = decodeBase64url(signaturePart);
  if (rest.length > 0 || !header.success || payload === undefined || signature === null) {
    return refused("malformed");
  }
  if (header.data.typ !== typ) return refused("wrong_type");
  const key = keyRing.find(header.data.kid);
  if (key === undefined) return refused("unknown_key");
  if (header.data.alg !== key.algorithm) return refused("wrong_algorithm");
  const signed = Buffer.from(`${headerPart}.${payloadPart}`, "ascii");
  return signatureHolds(key, signed, signature) ? { ok: true, payload } : refused("bad_signature");
}

const refused = (reason: JwsRefusal): VerifiedJws => ({ ok: false, reason });

function signatureHolds(key: VerificationKey, signed: Buffer, signature: Buffer): boolean {
  if (key.isOwn?.(signed, signature)) return true;
  if (key.algorithm === "EdDSA") return verify(null, signed, key.publicKey, signature);
  return verify(
    "sha256",
    signed,
    {
      key: key.publicKey,
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    },
    signature,
  );
}
