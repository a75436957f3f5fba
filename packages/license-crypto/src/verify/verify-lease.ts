import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import type { KeyRing } from "./key-ring.ts";
import { verifyToken } from "./verify-token.ts";
import type { ExpectedToken, VerifiedToken } from "./verify-token.ts";

export interface ExpectedAnswer extends ExpectedToken {
  /**
   * What was sent with the call that the token came back for. Another one, or none, is the answer to
   * some other call, kept and played later. Left out where a token is no answer: a stored lease.
   */
  nonce?: string | undefined;
}

/** Proves who signed a lease and for which product. Not whether it is still live: see `leaseState`. */
export function verifyLease(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedAnswer,
): VerifiedToken<LeaseClaims> {
  const verified = verifyToken(keyRing, token, expected, LEASE_TYPE, leaseClaimsSchema);
  return answering(verified, expected);
}

/** Proves who signed a refusal and for which product. Whether it ends a lease: `refusalEndsLease`. */
export function verifyRefusal(
  keyRing: KeyRing,
  token: string,
  expected: ExpectedAnswer,
): VerifiedToken<RefusalClaims> {
  const verified = verifyToken(keyRing, token, expected, REFUSAL_TYPE, refusalClaimsSchema);
  return answering(verified, expected);
}

const answering = <Claims extends { nonce?: string | undefined }>(
  verified: VerifiedToken<Claims>,
  { nonce }: ExpectedAnswer,
): VerifiedToken<Claims> =>
  verified.ok && nonce !== undefined && verified.claims.nonce !== nonce
    ? { ok: false, reason: "wrong_nonce" }
    : verified;
