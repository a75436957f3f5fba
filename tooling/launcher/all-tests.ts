/** checks → web builds → tests, each counted; a failure of one does not keep the rest from running. */
import { spawn } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { obtainChromium, obtainRedis, thisHost } from "../services/index.ts";
import { printCheck, runCheck, runChecks } from "./checks.ts";
import { installedProgram, root } from "./paths.ts";

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const numberIn = (results: Map<string, unknown>, name: string): number =>
  Number(results.get(name) ?? 0);

/** Reads what Vitest's JSON reporter wrote; a run that broke before it could write counts as one failure. */
const countTests = (file: string, exitCode: number): Count => {
  const broken: Count = { passed: 0, failed: 1, skipped: 0 };
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    const results = new Map(Object.entries(parsed ?? {}));
    const failed = numberIn(results, "numFailedTests");
    return {
      passed: numberIn(results, "numPassedTests"),
      // A file that does not load has no failed test, and an error outside tests has neither.
      failed: failed === 0 && exitCode !== 0 ? 1 : failed,
      skipped: numberIn(results, "numPendingTests") + numberIn(results, "numTodoTests"),
    };
  } catch {
    return broken;
  }
};

const runVitest = async (projects: readonly string[]): Promise<Count> => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-results-"));
  const file = path.join(directory, "results.json");
  const exitCode = await new Promise<number>((resolve) => {
    const child = spawn(
      installedProgram("vitest"),
      [
        "run",
        "--passWithNoTests",
        "--reporter=default",
        "--reporter=json",
        `--outputFile.json=${file}`,
        ...projects.map((project) => `--project=${project}`),
      ],
      { cwd: root, stdio: "inherit" },
    );
    child.once("error", () => resolve(1));
    child.once("close", (code) => resolve(code ?? 1));
  });
  const count = countTests(file, exitCode);
  rmSync(directory, { recursive: true, force: true });
  return count;
};

const build = {
  name: "builds",
  remedy: "Correct the build above.",
  command: ["turbo", "run", "build", "--output-logs=errors-only"],
} as const;

/** Fault tests kill and freeze servers of their own: that takes signals, and a Redis outside a container. */
const mayMakeFaults = (): boolean => {
  if (process.platform === "win32") return false;
  try {
    return obtainRedis(thisHost(console.log)).kind === "program";
  } catch {
    return false;
  }
};

const countFiles = (pattern: string): number =>
  globSync(pattern, { cwd: root, exclude: (entry) => path.basename(entry) === "node_modules" })
    .length;

/** Runs everything, prints the counts as the last line, and returns the exit code. */
export const runAllTests = async (): Promise<number> => {
  console.log("\nChecks");
  const results = await runChecks(printCheck);
  const built = await runCheck(build);
  printCheck(built);
  const checks = [...results, built];

  console.log("\nTests");
  const endToEndFiles = countFiles("{apps,packages,tooling}/**/*.e2e.ts");
  const chromium = endToEndFiles === 0 ? null : obtainChromium(thisHost(console.log));
  const faults = mayMakeFaults();
  const tests = await runVitest([
    "unit",
    "db",
    ...(chromium === null ? [] : ["e2e"]),
    ...(faults ? ["faults"] : []),
  ]);
  let skippedFiles = 0;
  if (chromium === null && endToEndFiles > 0) {
    skippedFiles += endToEndFiles;
    console.log(
      `\nThe ${endToEndFiles} end-to-end files were skipped, because there is no Chromium and it could not be installed here: install chromium or google-chrome to run them.`,
    );
  }
  if (!faults) {
    const faultFiles = countFiles("faults/src/*.fault.ts");
    skippedFiles += faultFiles;
    console.log(
      `\nThe ${faultFiles} files of fault tests were skipped, because they kill a Redis of their own: install redis-server to run them.`,
    );
  }

  const passed = tests.passed + checks.filter((check) => check.passed).length;
  const failed = tests.failed + checks.filter((check) => !check.passed).length;
  const skipped = tests.skipped + skippedFiles;
  if (skipped > 0) console.log(`\n${skipped} skipped, each named above with its reason`);
  // The last line, for whoever counts.
  console.log(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
};
