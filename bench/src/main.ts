/** `npm run bench`: measures the seat path of the real API; see ../README.md. */
import * as fs from "node:fs";
import path from "node:path";
import { OperatorError } from "@latchkey/tooling/services";
import * as million from "./million/report.ts";
import { readMillionOptions } from "./million/options.ts";
import { lossOf, runMillion } from "./million/run.ts";
import { readOptions } from "./options.ts";
import { createProgress } from "./progress.ts";
import { toJson, toMarkdown, toText } from "./report.ts";
import { measure } from "./run.ts";

const resultsDirectory = path.resolve(import.meta.dirname, "../results");

const write = (name: string, text: string): void => {
  fs.mkdirSync(resultsDirectory, { recursive: true });
  const file = path.join(resultsDirectory, name);
  fs.writeFileSync(file, text);
  console.log(`Written: ${path.relative(process.cwd(), file)}`);
};

const compare = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  const run = await measure(options, stopping.signal, progress);
  progress.clear();
  console.log(toText(run));
  const name = run.startedAt.toISOString().replaceAll(/[:.]/g, "-");
  if (options.json) write(`${name}.json`, toJson(run));
  if (options.markdown) write(`${name}.md`, toMarkdown(run));
};

/** What stands before the options, where it is not the comparison that is wanted. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  million: async (args) => {
    const options = readMillionOptions(args);
    const run = await runMillion(options, { signal: stopping.signal, progress });
    progress.clear();
    console.log(million.toText(run));
    const name = `million-${run.startedAt.toISOString().replaceAll(/[:.]/g, "-")}`;
    if (options.json) write(`${name}.json`, million.toJson(run));
    if (options.markdown) write(`${name}.md`, million.toMarkdown(run));
    if (lossOf(run) !== null) process.exitCode = 1;
  },
};

const stopping = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stopping.abort());
}
const progress = createProgress(process.stderr);
try {
  const [command = "", ...rest] = process.argv.slice(2);
  await (commands[command]?.(rest) ?? compare(process.argv.slice(2)));
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
