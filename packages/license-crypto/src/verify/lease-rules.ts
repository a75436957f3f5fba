import type { LeaseClaims, RefusalClaims } from "../claims.ts";

export type LeaseState = "live" | "grace" | "over";

/** Where `nowSeconds` (since the epoch) stands: live before `exp`, grace before `graceUntil`, over. */
export function leaseState(
  { exp, graceUntil }: Pick<LeaseClaims, "exp" | "graceUntil">,
  nowSeconds: number,
): LeaseState {
  if (nowSeconds < exp) return "live";
  return nowSeconds < graceUntil ? "grace" : "over";
}

/**
 * Whether a verified refusal ends a held lease: it must come from the same issuer, concern the same
 * product, license and machine (and session, where it names one) and be issued in the lease's second
 * or later, so that an old no, replayed, or a no to somebody else takes nothing away.
 */
export function refusalEndsLease(refusal: RefusalClaims, lease: LeaseClaims): boolean {
  return (
    refusal.iss === lease.iss &&
    refusal.aud === lease.aud &&
    refusal.sub === lease.sub &&
    refusal.fph === lease.fph &&
    (refusal.sid === undefined || refusal.sid === lease.sid) &&
    refusal.iat >= lease.iat
  );
}
