import { seatTiming } from "@latchkey/contracts";
import type { Features, Limits } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";

/** A session as PostgreSQL holds it, with what its license grants. */
export interface LeasedSession {
  readonly sessionId: string;
  readonly licenseId: string;
  readonly organizationId: string;
  readonly productId: string;
  readonly machineId: string;
  readonly fingerprint: string;
  readonly startedAt: Date;
  /** When PostgreSQL granted or renewed it, by its own clock. */
  readonly renewedAt: Date;
  readonly expiresAt: Date;
  readonly seq: number;
  readonly features: Features;
  readonly limits: Limits;
  readonly maxSeats: number;
}

/** Whole seconds since the epoch, never later than the instant. */
export const toSeconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);

/**
 * What the lease of a session says (design.md section 4). It never ends later than the row that
 * PostgreSQL counts, nor later than a lease's length after it was granted. `nonce` is the one of the call
 * that it answers.
 */
export const leaseClaimsOf = (
  session: LeasedSession,
  issuer: string,
  nonce?: string,
): LeaseClaims => {
  const iat = toSeconds(session.renewedAt);
  const exp = Math.min(toSeconds(session.expiresAt), iat + seatTiming.leaseSeconds);
  return {
    iss: issuer,
    aud: session.productId,
    sub: session.licenseId,
    sid: session.sessionId,
    mch: session.machineId,
    fph: fingerprintHash(session.fingerprint, session.productId),
    iat,
    exp,
    graceUntil: exp + seatTiming.graceSeconds,
    seq: session.seq,
    ...(nonce !== undefined && { nonce }),
    features: session.features,
    limits: session.limits,
  };
};
