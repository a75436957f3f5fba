/**
 * The clocks and timers of one simulated machine, which outlive the runs of its app.
 *
 * - awake, nothing on the wire: both clocks run `speed` times faster than the real one.
 * - on the wire: both run as the real one does. A server that takes 200 ms is as slow to this machine as
 *   to a desktop, and a call's timeout of 7 s is 7 real seconds; only the waiting between calls is short.
 * - asleep: the monotonic clock and all timers stand still, the wall clock runs on.
 */
import type { LatchkeyClock } from "@latchkey/client";

interface Timer {
  readonly dueMs: number;
  readonly run: () => void;
  handle: NodeJS.Timeout | null;
}

/** The clock as one run of the app sees it. */
export interface RunClock extends LatchkeyClock {
  /** The run is over: none of its timers fires any more. */
  end(): void;
}

export interface MachineClock {
  /** Milliseconds since the epoch by this machine, far ahead of the world's after a while. */
  wallMs(): number;
  run(): RunClock;
  callBegan(): void;
  callEnded(): void;
  sleep(): void;
  /** `monotonicCounts`: whether this machine's monotonic clock counts the sleep, as some systems' do. */
  wake(monotonicCounts: boolean): void;
}

/** `realMs` is monotonic, in ms; `wallMs` where the machine's wall clock starts. */
export const createMachineClock = ({
  speed,
  wallMs: startWallMs,
  realMs,
}: {
  readonly speed: number;
  readonly wallMs: number;
  readonly realMs: () => number;
}): MachineClock => {
  const timers = new Set<Timer>();
  let calls = 0;
  let asleep = false;
  let sinceRealMs = realMs();
  let monotonicBaseMs = 0;
  let wallBaseMs = startWallMs;

  const pace = (): number => (calls > 0 ? 1 : speed);
  const passedMs = (): number => (realMs() - sinceRealMs) * pace();
  const monotonicMs = (): number => monotonicBaseMs + (asleep ? 0 : passedMs());
  const wallMs = (): number => wallBaseMs + passedMs();

  const arm = (timer: Timer): void => {
    if (timer.handle !== null) clearTimeout(timer.handle);
    timer.handle = null;
    if (asleep) return;
    const delayMs = Math.max(0, (timer.dueMs - monotonicMs()) / pace());
    timer.handle = setTimeout(() => {
      timers.delete(timer);
      timer.run();
    }, Math.ceil(delayMs));
  };

  /** Changes what the pace depends on, from now on and not for the time before. */
  const change = (make: () => void): void => {
    const wall = wallMs();
    const monotonic = monotonicMs();
    sinceRealMs = realMs();
    wallBaseMs = wall;
    monotonicBaseMs = monotonic;
    const before = asleep ? 0 : pace();
    make();
    if ((asleep ? 0 : pace()) !== before) for (const timer of timers) arm(timer);
  };

  return {
    wallMs,
    run: () => {
      const own = new Set<Timer>();
      return {
        monotonicMs,
        wallMs,
        setTimer: (delayMs, run) => {
          const dueMs = monotonicMs() + Math.max(0, delayMs);
          const timer: Timer = { dueMs, run: () => void (own.delete(timer), run()), handle: null };
          own.add(timer);
          timers.add(timer);
          arm(timer);
          return () => {
            if (timer.handle !== null) clearTimeout(timer.handle);
            timers.delete(timer);
            own.delete(timer);
          };
        },
        end: () => {
          for (const timer of own) {
            if (timer.handle !== null) clearTimeout(timer.handle);
            timers.delete(timer);
          }
          own.clear();
        },
      };
    },
    callBegan: () => change(() => (calls += 1)),
    callEnded: () => change(() => (calls -= 1)),
    sleep: () => change(() => (asleep = true)),
    wake: (monotonicCounts) => {
      if (!asleep) return;
      const sleptMs = passedMs();
      change(() => (asleep = false));
      if (!monotonicCounts) return;
      monotonicBaseMs += sleptMs;
      for (const timer of timers) arm(timer);
    },
  };
};
