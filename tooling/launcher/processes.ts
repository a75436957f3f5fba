/**
 * The children of the launcher: commands that run to their end, and applications that run until they are stopped.
 * Each leads a process group of its own, so Ctrl-C reaches the launcher alone and the order of stopping is ours.
 * What they print goes to .latchkey/logs in full, and to the terminal as a person reads it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters, styleText } from "node:util";
import { OperatorError } from "../services/operator-error.ts";
import { commandOf, endOrphan } from "../services/process-table.ts";
import { endChild, exitOf } from "../services/running-service.ts";
import { explainFailure } from "./disk.ts";
import { readableLine } from "./log-lines.ts";
import { root, stateDirectory } from "./paths.ts";

export interface Command {
  /** One word, for the log's prefix and file. */
  name: string;
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

export interface Application {
  name: string;
  /** Settles when it has ended, whoever ended it. */
  exited: Promise<void>;
  /** "exit code 1" or "signal SIGKILL", once it has ended. */
  ending(): string;
  /** Asks it to finish, and insists after 12 s. */
  stop(): Promise<void>;
}

const logDirectory = path.join(stateDirectory, "logs");
const applicationsFile = path.join(stateDirectory, "applications.json");

const relative = (file: string): string => path.relative(root, file);

const launch = (
  { name, program, args, env }: Command,
  onLine: (line: string) => void,
): { child: ChildProcess; logFile: string } => {
  fs.mkdirSync(logDirectory, { recursive: true });
  const logFile = path.join(logDirectory, `${name}.log`);
  const log = fs.createWriteStream(logFile, { flags: "w" });
  // A full disk must not take the launcher down with the log.
  log.on("error", () => undefined);
  const child = spawn(program, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      log.write(`${line}\n`);
      onLine(line);
    });
  }
  child.once("close", () => log.end());
  return { child, logFile };
};

/** Ends the whole group: build tools leave helpers behind when only their head is told. */
const endGroup = (child: ChildProcess): void => {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, "SIGTERM");
  } catch {
    // The group is gone already.
  }
};

/** The line that says why, of all that a failing command printed. */
const reasonIn = (lines: readonly string[]): string => {
  const told = lines
    .map((line) => stripVTControlCharacters(readableLine(line) ?? "").trim())
    .filter((line) => line !== "");
  const says = told.filter((line) => /error|must|cannot|denied|refused/i.test(line));
  // A line that ends in a colon only announces the one that tells.
  return says.find((line) => !line.endsWith(":")) ?? says[0] ?? told.at(-1) ?? "";
};

/**
 * Runs a command to its end in silence. Throws OperatorError, beginning with `failure` and naming the reason and the
 * log, when it fails; an abort ends it and throws the signal's reason.
 */
export const runCommand = async (
  command: Command,
  failure: string,
  signal: AbortSignal,
): Promise<void> => {
  signal.throwIfAborted();
  const lines: string[] = [];
  const { child, logFile } = launch(command, (line) => lines.push(line));
  const abort = () => endGroup(child);
  signal.addEventListener("abort", abort, { once: true });
  const closed = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", () => resolve());
  });
  await closed;
  signal.removeEventListener("abort", abort);
  signal.throwIfAborted();
  if (child.exitCode === 0) return;
  throw new OperatorError(
    explainFailure(lines.join("\n")) ??
      `${failure} (${reasonIn(lines) || "it said nothing"}): the whole output is in ${relative(logFile)}.`,
  );
};

/** Starts an application whose log lines appear in the terminal behind its name. */
export const startApplication = (command: Command): Application => {
  const prefix = styleText("cyan", command.name.padEnd(8));
  const { child } = launch(command, (line) => {
    const readable = readableLine(line);
    if (readable !== null) console.log(`${prefix}${readable}`);
  });
  if (child.pid !== undefined) rememberApplication(child.pid, command.args.join(" "));
  return {
    name: command.name,
    exited: exitOf(child),
    ending: () =>
      child.signalCode === null ? `exit code ${child.exitCode}` : `signal ${child.signalCode}`,
    stop: () => endChild(child, "SIGTERM", 12_000),
  };
};

const readRemembered = (): [pid: number, command: string][] => {
  try {
    const parsed: unknown = JSON.parse(fs.readFileSync(applicationsFile, "utf8"));
    return Object.entries(parsed ?? {}).map(([pid, command]) => [Number(pid), String(command)]);
  } catch {
    return [];
  }
};

const rememberApplication = (pid: number, command: string): void => {
  const all = new Map(readRemembered()).set(pid, command);
  fs.writeFileSync(applicationsFile, JSON.stringify(Object.fromEntries(all)));
};

/** Ends the applications that a killed launcher left behind; they hold the port and work on the database. */
export const endLeftApplications = async (): Promise<void> => {
  for (const [pid, command] of readRemembered()) {
    if (commandOf(pid) === null) continue;
    await endOrphan(pid, (running) => running.includes(command), "SIGTERM");
  }
  fs.rmSync(applicationsFile, { force: true });
};
