import type { LeaseClaims, RefusalClaims } from "@latchkey/license-crypto/verify";

/** The newest signed word of the server that this machine has seen; older ones are replays. */
export interface NewestSeen {
  readonly sessionId: string | null;
  readonly seq: number;
  /** Seconds since the epoch, by the server. */
  readonly issuedAt: number;
}

/**
 * Whether a lease is newer than all that was seen. Within a session `seq` alone decides, since it
 * grows with every lease even if the server's clock was set back; between sessions `iat` does, and
 * within its second the session id, a UUIDv7 (RFC 9562) that grows with time. A tie would be worth
 * a license: two leases of one second, played in turn, would each outdate the other for ever.
 */
export const isNewer = (lease: LeaseClaims, seen: NewestSeen | null): boolean => {
  if (seen === null) return true;
  if (lease.sid === seen.sessionId) return lease.seq > seen.seq;
  if (lease.iat !== seen.issuedAt) return lease.iat > seen.issuedAt;
  return seen.sessionId === null || lease.sid > seen.sessionId;
};

/** What has been seen once this lease is taken. */
export const seenLease = (lease: LeaseClaims): NewestSeen => ({
  sessionId: lease.sid,
  seq: lease.seq,
  issuedAt: lease.iat,
});

/** A refusal outdates every lease before it, so that none of them can be played back afterwards. */
export const seenRefusal = (seen: NewestSeen | null, refusal: RefusalClaims): NewestSeen => ({
  sessionId: seen?.sessionId ?? null,
  seq: seen?.seq ?? 0,
  issuedAt: Math.max(seen?.issuedAt ?? 0, refusal.iat),
});
