import type * as z from "zod/mini";
import { verifyCompactJws } from "./compact-jws.ts";
import type { JwsRefusal } from "./compact-jws.ts";
import type { KeyRing } from "./key-ring.ts";

export type TokenRefusal =
  JwsRefusal | "invalid_claims" | "wrong_issuer" | "wrong_audience" | "wrong_nonce";
export type VerifiedToken<Claims> =
  { ok: true; claims: Claims } | { ok: false; reason: TokenRefusal };

export interface ExpectedToken {
  issuer?: string | undefined;
  /** Product id. */
  audience: string;
}

/** Proves who signed a token of type `typ`, that it says what `schema` asks, and for which product. */
export function verifyToken<Claims extends { iss: string; aud: string }>(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedToken,
  typ: string,
  schema: z.ZodMiniType<Claims>,
): VerifiedToken<Claims> {
  const jws = verifyCompactJws(keyRing, token, typ);
  if (!jws.ok) return jws;
  const claims = schema.safeParse(jws.payload);
  if (!claims.success) return { ok: false, reason: "invalid_claims" };
  const { iss, aud } = claims.data;
  if (aud !== expected.audience) return { ok: false, reason: "wrong_audience" };
  if (expected.issuer !== undefined && iss !== expected.issuer) {
    return { ok: false, reason: "wrong_issuer" };
  }
  return { ok: true, claims: claims.data };
}
