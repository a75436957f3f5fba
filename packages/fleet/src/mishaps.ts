import { drawMishap } from "./behaviour.ts";
import type { Behaviour, NextMishap } from "./behaviour.ts";
import type { Machine } from "./machine.ts";
import type { Random } from "./seeded-random.ts";

/** Lets mishaps befall machines until the end, when all are undone. */
export interface Mishaps {
  /** From now on mishaps befall this machine, drawn from `random`. */
  befall(machine: Machine, random: Random): void;
  /** No more mishaps; settles when those that last are undone. */
  end(): Promise<void>;
}

const begin = async (machine: Machine, mishap: NextMishap): Promise<void> => {
  if (mishap.kind === "sleep") machine.sleep();
  else if (mishap.kind === "partition") machine.partition(mishap.hangs);
  else if (mishap.kind === "crash") machine.crash();
  else await machine.quit();
};

const undo = (machine: Machine, mishap: NextMishap): void => {
  if (mishap.kind === "sleep") machine.wake(mishap.monotonicCounts);
  else if (mishap.kind === "partition") machine.mend();
  else void machine.start();
};

/** Lengths are of the machines' clocks, which run `speed` times as fast as ours. */
export const createMishaps = (behaviour: Behaviour, speed: number): Mishaps => {
  const pauses = new Map<NodeJS.Timeout, () => void>();
  const lives = new Set<Promise<void>>();
  let ended = false;

  /** Cut short by the end. */
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (ended) return resolve();
      const handle = setTimeout(
        () => {
          pauses.delete(handle);
          resolve();
        },
        Math.min(ms, 2 ** 31 - 1),
      );
      pauses.set(handle, resolve);
    });

  const live = async (machine: Machine, random: Random): Promise<void> => {
    for (;;) {
      const mishap = drawMishap(behaviour, random);
      if (mishap === null) return;
      await pause(mishap.afterMs);
      if (ended) return;
      await begin(machine, mishap);
      await pause((mishap.lastsSeconds * 1000) / speed);
      undo(machine, mishap);
    }
  };

  return {
    befall: (machine, random) => void (ended || lives.add(live(machine, random))),
    end: async () => {
      ended = true;
      for (const [handle, resolve] of pauses) {
        clearTimeout(handle);
        resolve();
      }
      pauses.clear();
      await Promise.all(lives);
    },
  };
};
