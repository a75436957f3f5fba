/**
 * The server's time as far as this machine can know it. A fresh lease says what time it is (`iat`);
 * from there on the monotonic clock counts, which nobody can set. The wall clock is only asked
 * twice: after a restart, and to notice that the machine slept.
 */

/** The two clocks of this machine at one moment, in whole ms: fractions would never quite meet an end. */
export interface Now {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

/** The server's time (ms since the epoch) at a moment of the monotonic clock. */
export interface ServerClock {
  readonly serverMs: number;
  readonly atMonotonicMs: number;
}

/** What outlives a restart. */
export interface StoredClock {
  /** The latest time of the server that was ever known or reckoned. */
  readonly highestServerMs: number;
  /** How far this machine's wall clock was ahead of the server's at the last lease; 0 if behind. */
  readonly wallAheadMs: number;
}

/** The server's time now, in ms since the epoch. */
export const serverTimeMs = (clock: ServerClock, now: Now): number =>
  clock.serverMs + (now.monotonicMs - clock.atMonotonicMs);

/** The moment of the monotonic clock at which the server's time will be `serverMs`. */
export const monotonicAt = (clock: ServerClock, serverMs: number): number =>
  clock.atMonotonicMs + (serverMs - clock.serverMs);

/** The clock moved ahead by `sleptMs`; it never moves back but by a fresh lease. */
export const advanced = (clock: ServerClock, sleptMs: number): ServerClock => ({
  ...clock,
  serverMs: clock.serverMs + Math.max(0, sleptMs),
});

/**
 * The clock after a restart without a network: the later of what was known and what the wall clock
 * says, so that setting it back gains nothing. A wall clock that always runs ahead is corrected by
 * its error at the last lease, or it would lock out an honest machine during our outage.
 */
export const restartedClock = (stored: StoredClock, now: Now): ServerClock => ({
  serverMs: Math.max(stored.highestServerMs, now.wallMs - stored.wallAheadMs),
  atMonotonicMs: now.monotonicMs,
});
