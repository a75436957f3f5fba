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
 * grows with every lease even if the server's clock was set back; between sessions `iat` does.
 */
export const isNewer = (lease: LeaseClaims, seen: NewestSeen | null): boolean =>
  seen === null ||
  (lease.sid === seen.sessionId ? lease.seq > seen.seq : lease.iat >= seen.issuedAt);

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
