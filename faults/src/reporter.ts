/** What `npm run faults` shows of a run that is under way. */
import path from "node:path";
import { setInterval } from "node:timers";
import type { Reporter, TestCase } from "vitest/node";
import type { Outcome } from "./outcomes.ts";

const verdicts = { passed: "UPHELD", failed: "VIOLATED", skipped: "NOT TRIED" } as const;

const eraseLine = "\r\u001B[2K";

const faultOf = ({ module, fullName }: TestCase): string =>
  `${path.basename(module.moduleId, ".fault.ts")} > ${fullName}`;

/**
 * Says which fault is under way, and on a terminal every second at which step it is, how far and for how
 * long; keeps in `outcomes` what came of each.
 */
export const createReporter = (outcomes: Outcome[], seed: number): Reporter => {
  const { stdout } = process;
  let under: { readonly what: string; step: string; readonly sinceMs: number } | null = null;
  let files = 0;
  let filesBegun = 0;
  const say = (line: string): void =>
    void stdout.write(`${stdout.isTTY ? eraseLine : ""}${line}\n`);
  const show = (): void => {
    if (!stdout.isTTY || under === null) return;
    const { what, step, sinceMs } = under;
    const seconds = Math.round((performance.now() - sinceMs) / 1000);
    const line = `seed ${seed}, file ${filesBegun} of ${files}, ${seconds} s, ${step}: ${what}`;
    stdout.write(`${eraseLine}${line.slice(0, (stdout.columns || 80) - 1)}`);
  };
  const began = (what: string, step: string): void => {
    under = { what, step, sinceMs: performance.now() };
    if (stdout.isTTY) show();
    else say(`${step.padEnd(8)}            ${what}`);
  };
  setInterval(show, 1_000).unref();
  return {
    onTestRunStart: (specifications) => void (files = specifications.length),
    onTestModuleCollected: ({ moduleId }) => {
      filesBegun += 1;
      began(path.basename(moduleId), "starts");
    },
    onTestCaseReady: (test) => began(faultOf(test), "begins"),
    // A trial prints at which step it is, and nothing else in these files prints.
    onUserConsoleLog: ({ content }) => {
      if (under !== null) under.step = content.trim();
    },
    onTestCaseResult: (test) => {
      const { state, errors = [] } = test.result();
      if (state === "pending") return;
      const fault = faultOf(test);
      const seconds = (test.diagnostic()?.duration ?? 0) / 1000;
      const verdict = verdicts[state];
      outcomes.push({ fault, seed, verdict, seconds });
      say(`${verdict.padEnd(9)} ${seconds.toFixed(1).padStart(6)} s  ${fault}`);
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
