import { timing } from "./timing.ts";

/**
 * Full jitter (M. Brooker, "Exponential Backoff and Jitter", AWS, 2015): a random part of
 * `base * 2^attempt`, in ms. `attempt` counts from 1, `random` is in [0, 1).
 */
export const fullJitterMs = (attempt: number, random: number): number =>
  random * Math.min(timing.retryCapMs, timing.retryBaseMs * 2 ** (attempt - 1));

/**
 * The pause before the next heartbeat, in ms from the moment that the last call was sent.
 * The server's wish is not signed, so it can shorten the pause but never outlast the lease: with the
 * jitter and the window of retries on top, the lease still lives.
 */
export const heartbeatPauseMs = (
  wishSeconds: number,
  leaseSeconds: number,
  random: number,
): number => {
  const leaseMs = leaseSeconds * 1000;
  const safeMs = (leaseMs - timing.retryWindowMs) / (1 + timing.heartbeatJitter);
  // A lease shorter than a few windows of retries can only keep half of itself in reserve.
  const longestMs = Math.max(safeMs, leaseMs / 2);
  const pauseMs = Math.min(Math.max(1, wishSeconds) * 1000, longestMs);
  return spreadMs(pauseMs, random);
};

/** `pauseMs` moved by at most 5 % to either side. */
export const spreadMs = (pauseMs: number, random: number): number =>
  pauseMs * (1 + timing.heartbeatJitter * (2 * random - 1));

/** The pause before asking for a seat again: 30 s at first, towards 60 s, or as the server asks. */
export const waitingPauseMs = (
  polls: number,
  random: number,
  retryAfterSeconds: number | null,
): number => {
  const ceilingMs = Math.min(timing.waitingMaxMs, timing.waitingMinMs * 1.25 ** (polls + 1));
  const pauseMs = timing.waitingMinMs + random * (ceilingMs - timing.waitingMinMs);
  return Math.max(pauseMs, Math.min((retryAfterSeconds ?? 0) * 1000, timing.blockedRetryMs));
};
