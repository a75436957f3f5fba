/** `npm run bench`: measures the seat path of the real API; see ../README.md. */
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { OperatorError } from "@latchkey/tooling/services";
import { readOptions } from "./options.ts";
import type { Sizes } from "./options.ts";
import { createProgress } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { toJson, toMarkdown, toText } from "./report.ts";
import type { Run } from "./report.ts";
import { runRounds } from "./rounds.ts";
import { openVendor } from "./seed.ts";
import { withServers } from "./servers.ts";
import { demandStored, readSurroundings } from "./surroundings.ts";

const resultsDirectory = path.resolve(import.meta.dirname, "../results");

const measure = (options: Sizes, signal: AbortSignal, progress: Progress): Promise<Run> =>
  withServers({ signal, report: progress.show }, async (servers) => {
    const [startedAt, loadBefore] = [new Date(), os.loadavg()];
    const surroundings = await readSurroundings(servers);
    const vendor = await openVendor(servers);
    try {
      const measured = await runRounds(servers, vendor, options, { signal, progress });
      const loadAfter = os.loadavg();
      await demandStored(servers, measured.acknowledged);
      return { startedAt, options, surroundings, loadBefore, loadAfter, ...measured };
    } finally {
      await vendor.close();
    }
  });

const write = (name: string, text: string): void => {
  fs.mkdirSync(resultsDirectory, { recursive: true });
  const file = path.join(resultsDirectory, name);
  fs.writeFileSync(file, text);
  console.log(`Written: ${path.relative(process.cwd(), file)}`);
};

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopping.abort());
}
const progress = createProgress(process.stderr);
try {
  const { json, markdown, ...sizes } = readOptions(process.argv.slice(2));
  const run = await measure(sizes, stopping.signal, progress);
  progress.clear();
  console.log(toText(run));
  const name = run.startedAt.toISOString().replaceAll(/[:.]/g, "-");
  if (json) write(`${name}.json`, toJson(run));
  if (markdown) write(`${name}.md`, toMarkdown(run));
} catch (error) {
  progress.clear();
  if (stopping.signal.aborted) {
    console.error("Stopped.");
    process.exitCode = 130;
  } else {
    console.error(error instanceof OperatorError ? error.message : error);
    process.exitCode = 1;
  }
}
