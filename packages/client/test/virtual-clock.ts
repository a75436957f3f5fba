import type { LatchkeyClock } from "../src/latchkey-clock.ts";

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/**
 * Time that moves only by `advance` and `sleep`. `trueMs` is the world's (and the server's) time;
 * the wall clock is off by whatever its user set, the monotonic one may stand still in sleep.
 */
export const createVirtualClock = (startMs = Date.UTC(2026, 10, 20, 12)) => {
  let trueMs = startMs;
  let monotonicMs = 5_000;
  let wallOffsetMs = 0;
  let activity = 0;
  const timers = new Set<Timer>();

  /** Lets everything that is ready to run do so, until nothing stirs any more. */
  const settle = async (): Promise<void> => {
    let quiet = 0;
    while (quiet < 3) {
      const before = activity;
      await turn();
      quiet = activity === before ? quiet + 1 : 0;
    }
  };

  const fire = (timer: Timer): void => {
    timers.delete(timer);
    activity += 1;
    timer.run();
  };

  const nextDue = (untilMs: number): Timer | null => {
    let next: Timer | null = null;
    for (const timer of timers) {
      if (timer.dueMs <= untilMs && (next === null || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  };

  const advance = async (ms: number): Promise<void> => {
    const endMs = monotonicMs + ms;
    await settle();
    for (let timer = nextDue(endMs); timer !== null; timer = nextDue(endMs)) {
      const stepMs = Math.max(0, timer.dueMs - monotonicMs);
      monotonicMs += stepMs;
      trueMs += stepMs;
      fire(timer);
      await settle();
    }
    trueMs += endMs - monotonicMs;
    monotonicMs = endMs;
  };

  const clock: LatchkeyClock = {
    monotonicMs: () => monotonicMs,
    wallMs: () => trueMs + wallOffsetMs,
    setTimer: (delayMs, run) => {
      activity += 1;
      const timer = { dueMs: monotonicMs + delayMs, run };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };

  return {
    clock,
    trueMs: () => trueMs,
    monotonicMs: () => monotonicMs,
    stir: () => void (activity += 1),
    settle,
    advance,
    /** The machine sleeps; timers that came due meanwhile fire when it wakes. */
    sleep: async (ms: number, monotonicCounts: boolean): Promise<void> => {
      trueMs += ms;
      if (monotonicCounts) monotonicMs += ms;
      await advance(0);
    },
    /** The user moves the wall clock by `ms`, and it stays off by as much. */
    shiftWall: (ms: number): void => {
      wallOffsetMs += ms;
    },
  };
};
export type VirtualClock = ReturnType<typeof createVirtualClock>;
