import type { Part } from "./part.ts";

/** What a house has to end, in the reverse of the order in which it began. */
export interface Upkeep {
  /** Starts a part, which is stopped at the end. */
  keep<Kept extends Part>(part: Kept): Promise<Kept>;
  /** Does this at the end, after all that comes later. */
  atEnd(step: () => Promise<unknown>): void;
  close(): Promise<void>;
}

export const createUpkeep = (): Upkeep => {
  const parts: Part[] = [];
  const steps: (() => Promise<unknown>)[] = [];
  return {
    keep: async (part) => {
      parts.push(part);
      steps.push(() => (part.isUp() ? part.stop() : part.kill()));
      await part.start();
      return part;
    },
    atEnd: (step) => void steps.push(step),
    close: async () => {
      // A test that failed may have left one frozen, and the others wait for its goodbye.
      for (const part of parts) part.thaw();
      for (const step of steps.splice(0).toReversed()) await step();
    },
  };
};
