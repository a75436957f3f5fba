import type { z } from "zod";
import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import { verifyCompactJws } from "./compact-jws.ts";
import type { JwsRefusal } from "./compact-jws.ts";
import type { KeyRing } from "./key-ring.ts";

export type TokenRefusal = JwsRefusal | "invalid_claims" | "wrong_issuer" | "wrong_audience";
export type VerifiedToken<Claims> =
  { ok: true; claims: Claims } | { ok: false; reason: TokenRefusal };

export interface ExpectedToken {
  issuer?: string | undefined;
  /** Product id. */
  audience: string;
}

/** Proves who signed a lease and for which product. Not whether it is still live: see `leaseState`. */
export function verifyLease(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedToken,
): VerifiedToken<LeaseClaims> {
  return verifyToken(keyRing, token, expected, LEASE_TYPE, leaseClaimsSchema);
}

/** Proves who signed a refusal and for which product. Whether it ends a lease: `refusalEndsLease`. */
export function verifyRefusal(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedToken,
): VerifiedToken<RefusalClaims> {
  return verifyToken(keyRing, token, expected, REFUSAL_TYPE, refusalClaimsSchema);
}

function verifyToken<Claims extends { iss: string; aud: string }>(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedToken,
  typ: string,
  schema: z.ZodType<Claims>,
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
