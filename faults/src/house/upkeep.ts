import type { Part } from "./part.ts";

/**
 * What a house has to end, in the reverse of the order in which it began. Parts are killed: all that they
 * have is thrown away, and who waits for their goodbyes waits for nothing.
 */
export interface Upkeep {
  /** Starts a part, which is killed at the end. */
  keep<Kept extends Part>(part: Kept): Promise<Kept>;
  /** Does this at the end, after all that comes later. */
  atEnd(step: () => Promise<unknown>): void;
  close(): Promise<void>;
}

export const createUpkeep = (): Upkeep => {
  const steps: (() => Promise<unknown>)[] = [];
  return {
    keep: async (part) => {
      steps.push(part.kill);
      await part.start();
      return part;
    },
    atEnd: (step) => void steps.push(step),
    close: async () => {
      for (const step of steps.splice(0).toReversed()) await step();
    },
  };
};
