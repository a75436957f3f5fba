import fc from "fast-check";
import { troubles } from "./model-server.ts";
import type { Mode } from "./model-server.ts";
import type { World } from "./world.ts";

/** A stretch of time in which the server, or whatever answers in its place, behaves one way. */
export interface Stretch {
  readonly mode: Mode;
  readonly seconds: number;
}

export const anyTrouble = fc.constantFrom(...troubles);
export const seconds = (min: number, max: number) => fc.integer({ min, max });

/** Troubles of any kinds, one after another, `maxSeconds` long altogether at most. */
export const anyOutage = (maxSeconds: number) =>
  fc
    .array(fc.record({ mode: anyTrouble, seconds: seconds(1, maxSeconds) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map((stretches) => {
      const total = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0);
      const share = Math.min(1, maxSeconds / total);
      return stretches.map(({ mode, seconds: each }): Stretch => {
        return { mode, seconds: Math.max(1, Math.floor(each * share)) };
      });
    });

/** Dice that a failing run can be repeated with: mulberry32. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** Lets the stretches happen one after another. */
export const live = async (world: World, stretches: readonly Stretch[]): Promise<void> => {
  for (const { mode, seconds: length } of stretches) {
    world.server.setMode(mode);
    await world.time.advance(length * 1000);
  }
};
