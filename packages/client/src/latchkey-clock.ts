/** The clocks and the timer of the platform; tests bring their own. */
export interface LatchkeyClock {
  /** Milliseconds that never go back, from any start. */
  monotonicMs(): number;
  /** Milliseconds since the epoch, as the machine's user has set it. */
  wallMs(): number;
  /** Runs `then` once, after `delayMs`; the answer cancels it. */
  setTimer(delayMs: number, then: () => void): () => void;
}

/** `setTimeout` fires at once when asked to wait for longer than this. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

export const platformClock: LatchkeyClock = {
  monotonicMs: () => performance.now(),
  wallMs: () => Date.now(),
  setTimer: (delayMs, then) => {
    const timeout = setTimeout(then, Math.min(Math.max(0, delayMs), LONGEST_TIMEOUT_MS));
    return () => clearTimeout(timeout);
  },
};
