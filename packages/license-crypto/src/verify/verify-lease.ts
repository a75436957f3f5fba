import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import type { KeyRing } from "./key-ring.ts";
import { verifyToken } from "./verify-token.ts";
import type { ExpectedToken, VerifiedToken } from "./verify-token.ts";

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
