/** All of design.md section 5 that is a number. Milliseconds unless the name says otherwise. */
export const timing = {
  /** Of one call: four heartbeats of this length and their pauses fit into `retryWindowMs`. */
  requestTimeoutMs: 7_000,
  /** Heartbeats are spread by this share to both sides, so that desktops do not march in step. */
  heartbeatJitter: 0.05,
  /** The first heartbeat that fails and all its retries; 315 s + 45 s is the lease of 360 s. */
  retryWindowMs: 45_000,
  heartbeatRetries: 3,
  /** A call that could not last this long is not begun. */
  shortestCallMs: 1_000,
  /** The n-th retry waits a random part of `base * 2^n`. */
  retryBaseMs: 2_000,
  retryCapMs: 60_000,
  offlineGraceMs: 1_800_000,
  offlineRetryMs: 300_000,
  /** So long before a lapse the tries come close together: an outage may be over just in time. */
  lastTriesBeforeMs: 30_000,
  lastTriesEveryMs: 5_000,
  lapsedRetryMs: 60_000,
  waitingMinMs: 30_000,
  waitingMaxMs: 60_000,
  blockedRetryMs: 3_600_000,
  releaseWithinMs: 2_000,
  /** How long a quit waits for the answer of a call under way, so that its seat is given back too. */
  releasePatienceMs: 1_000,
  /** How often the two clocks are compared while a seat is held: a sleep shows within this time. */
  tickMs: 30_000,
  /** How much the wall clock may outrun the monotonic one before it counts as a sleep. */
  sleepThresholdMs: 10_000,
  /** After a sleep the network needs a while: retries wait at least this long, */
  wakePauseMs: 10_000,
  /** and nothing is concluded from their failure before this. */
  wakePatienceMs: 30_000,
  /** How often the time that a right was in use is written down: a crash forgets no more. */
  persistEveryMs: 60_000,
} as const;

export const lapseWarningMinutes = [10, 2] as const;
export type LapseWarningMinutes = (typeof lapseWarningMinutes)[number];
