/** `npm run faults`: every fault in its long form, again and again; see ../README.md. */
import { setInterval } from "node:timers";
import path from "node:path";
import { startVitest } from "vitest/node";
import type { Reporter, TestCase } from "vitest/node";
import { readOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { tableOf } from "./outcomes.ts";
import type { Outcome } from "./outcomes.ts";

const root = path.resolve(import.meta.dirname, "../..");
const eraseLine = "\r\u001B[2K";

/** Says what is under way, on a terminal each second with the time that it takes, and keeps what came of it. */
const createReporter = (outcomes: Outcome[], seedNow: () => number): Reporter => {
  const { stdout } = process;
  let under: { readonly what: string; readonly sinceMs: number } | null = null;
  const say = (line: string): void =>
    void stdout.write(`${stdout.isTTY ? eraseLine : ""}${line}\n`);
  const show = (): void => {
    if (!stdout.isTTY || under === null) return;
    const seconds = Math.round((performance.now() - under.sinceMs) / 1000);
    const line = `seed ${seedNow()}, ${seconds} s: ${under.what}`;
    stdout.write(`${eraseLine}${line.slice(0, (stdout.columns || 80) - 1)}`);
  };
  setInterval(show, 1_000).unref();
  const faultOf = ({ module, fullName }: TestCase): string =>
    `${path.basename(module.moduleId, ".fault.ts")} > ${fullName}`;
  return {
    onTestModuleCollected: ({ moduleId }) => {
      under = { what: `starts ${path.basename(moduleId)}`, sinceMs: performance.now() };
    },
    onTestCaseReady: (test) => {
      under = { what: faultOf(test), sinceMs: performance.now() };
      show();
    },
    onTestCaseResult: (test) => {
      const { state, errors = [] } = test.result();
      if (state === "skipped" || state === "pending") return;
      const fault = faultOf(test);
      const seconds = (test.diagnostic()?.duration ?? 0) / 1000;
      const upheld = state === "passed";
      outcomes.push({ fault, seed: seedNow(), upheld, seconds });
      say(`${upheld ? "upheld  " : "VIOLATED"}  ${seconds.toFixed(1).padStart(6)} s  ${fault}`);
      for (const { message } of test.annotations()) say(`${" ".repeat(20)}${message}`);
      for (const { message, diff } of errors) say([message, diff ?? ""].join("\n"));
    },
    onTestRunEnd: (modules, unhandled) => {
      under = null;
      const errors = [...modules.flatMap((module) => module.errors()), ...unhandled];
      for (const { message, stack } of errors) say(stack ?? message);
    },
  };
};

const run = async ({ repetitions, seed, files }: Options): Promise<boolean> => {
  const outcomes: Outcome[] = [];
  let now = seed;
  let whole = true;
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    now = seed + repetition;
    console.log(`\nSeed ${now}, ${repetition + 1} of ${repetitions}`);
    Object.assign(process.env, { FAULTS_FORM: "long", FAULTS_SEED: String(now) });
    const vitest = await startVitest([...files], {
      root,
      run: true,
      watch: false,
      project: ["faults"],
      reporters: [createReporter(outcomes, () => now)],
    });
    // A house that did not start has no test to fail.
    whole &&= vitest.state.getCountOfFailedTests() === 0 && process.exitCode !== 1;
    await vitest.close();
  }
  console.log(`\n${tableOf(outcomes)}`);
  return whole && outcomes.length > 0 && outcomes.every(({ upheld }) => upheld);
};

try {
  const options = readOptions(process.argv.slice(2));
  process.exitCode = (await run(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.error(usage);
  process.exitCode = 2;
}
