import { parseArgs } from "node:util";
import { z } from "zod";

const Count = z.coerce.number().int().min(1).max(1_000);

/** What `npm run faults -- …` was asked for. */
export interface Options {
  /** How often everything happens, each time by another seed. */
  readonly repetitions: number;
  /** Of the first repetition. */
  readonly seed: number;
  /** Runs the files alone whose path contains one of these. */
  readonly files: readonly string[];
}

export const usage =
  "npm run faults -- [--repetitions 3] [--seed 1] [redis] [api] [nodes] [postgres]";

/** Throws Error for an option that there is not, and $ZodError for a number that is none. */
export const readOptions = (args: readonly string[]): Options => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      repetitions: { type: "string", default: "3" },
      seed: { type: "string", default: "1" },
    },
  });
  return {
    repetitions: Count.parse(values.repetitions),
    seed: z.coerce.number().int().parse(values.seed),
    files: positionals.map((name) => `faults/src/${name}`),
  };
};
