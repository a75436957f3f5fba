import { spawn } from "node:child_process";
import { installedProgram, root } from "./paths.ts";

interface Check {
  name: string;
  /** What to do about a failure. */
  remedy: string;
  /** The program, below node_modules/.bin or `node`, and its arguments. */
  command: readonly [program: string, ...args: string[]];
}

/**
 * Everything that is checked without running the product; what takes longest in a fresh clone first, so that the two
 * cores end together.
 */
const checks: readonly Check[] = [
  {
    name: "types",
    remedy: "Correct the types above.",
    command: ["tsc", "-b"],
  },
  {
    name: "lint",
    remedy: "Correct the lines above; `npx oxlint --fix` does what is mechanical.",
    command: ["oxlint", "--quiet"],
  },
  {
    name: "format",
    remedy: "Run `npm run format`.",
    // Looks again at what changed alone, by its content: a checkout gives every file a new date. In a place of its own:
    // prettier forgets its usual one whenever it is run without a cache.
    command: [
      "prettier",
      "--check",
      "--cache",
      "--cache-strategy=content",
      "--cache-location=node_modules/.cache/latchkey-format",
      "--log-level=warn",
      ".",
    ],
  },
  {
    name: "unused code",
    remedy: "Remove what nothing uses, or use it.",
    command: ["knip", "--no-progress", "--no-config-hints"],
  },
  {
    name: "imports",
    remedy: "Use the doors named above; the table is tooling/import-rules/table.ts.",
    command: ["node", "tooling/import-rules/check.ts"],
  },
];

/** How one check ended. */
export interface CheckResult {
  name: string;
  passed: boolean;
  seconds: number;
  /** All it printed, and the remedy when it failed; empty when it passed. */
  complaint: string;
}

/** Runs one check; everything it prints is kept for the case that it fails. */
export const runCheck = ({
  name,
  remedy,
  command: [program, ...args],
}: Check): Promise<CheckResult> =>
  new Promise((resolve) => {
    const startedMs = performance.now();
    const file = program === "node" ? process.execPath : installedProgram(program);
    const child = spawn(file, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer) => (output += chunk.toString());
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const settle = (passed: boolean) =>
      resolve({
        name,
        passed,
        seconds: (performance.now() - startedMs) / 1000,
        complaint: passed ? "" : `${output.trim()}\n${remedy}`,
      });
    child.once("error", (error) => {
      output += error.message;
      settle(false);
    });
    child.once("close", (code) => settle(code === 0));
  });

/** Runs every check, two at a time, and hands each result over as it comes. */
export const runChecks = async (
  onResult: (result: CheckResult) => void,
): Promise<CheckResult[]> => {
  const waiting = [...checks];
  const results: CheckResult[] = [];
  const worker = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const result = await runCheck(check);
      results.push(result);
      onResult(result);
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
};

/** Prints a result as one line, with its complaint below when it failed. */
export const printCheck = ({ name, passed, seconds, complaint }: CheckResult): void => {
  if (complaint !== "") console.log(`\n${complaint}`);
  console.log(`${passed ? "ok  " : "FAIL"}  ${name} (${seconds.toFixed(1)} s)`);
};
