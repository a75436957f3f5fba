/** `npm run faults`: every fault in its long form, again and again; see ../README.md. */
import path from "node:path";
import { startVitest } from "vitest/node";
import { readOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { tableOf } from "./outcomes.ts";
import type { Outcome } from "./outcomes.ts";
import { createReporter } from "./reporter.ts";

const root = path.resolve(import.meta.dirname, "../..");
const run = async ({ repetitions, seed, files }: Options): Promise<boolean> => {
  const outcomes: Outcome[] = [];
  let whole = true;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const now = seed + repetition;
    console.log(`\nSeed ${now}, ${repetition + 1} of ${repetitions}`);
    Object.assign(process.env, { FAULTS_FORM: "long", FAULTS_SEED: String(now) });
    const vitest = await startVitest([...files], {
      root,
      run: true,
      watch: false,
      project: ["faults"],
      // A house at a time: one of so many machines keeps this one busy.
      maxWorkers: 1,
      reporters: [createReporter(outcomes, now)],
    });
    // A house that did not start has no test to fail.
    whole &&= vitest.state.getCountOfFailedTests() === 0 && process.exitCode !== 1;
    await vitest.close();
  }
  console.log(`\n${tableOf(outcomes)}`);
  return (
    whole &&
    outcomes.some(({ verdict }) => verdict === "UPHELD") &&
    outcomes.every(({ verdict }) => verdict !== "VIOLATED")
  );
};

try {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}
