/**
 * A private PostgreSQL server: initialized once per directory, started on a port of 127.0.0.1, stopped by us.
 *
 * absent → initialized → running → stopped → running …
 *
 * A killed parent leaves the server running; the next start on the directory ends that orphan first.
 */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { OperatorError } from "./operator-error.ts";
import { placeData, placePrograms, serverAccount, type Account } from "./postgres-account.ts";
import { findPostgresPrograms } from "./postgres-programs.ts";
import { endOrphan } from "./process-table.ts";
import { endChild, endWithParent, exitOf, type RunningService } from "./running-service.ts";

export interface PostgresOptions {
  /** Holds the data, the password and the log; made when missing, kept between starts. */
  directory: string;
  /** `test` gives up durability for speed: a crash of the machine would corrupt the data. */
  purpose: "development" | "test";
  /** A free one unless told. */
  port?: number;
  /** Settings of the server beside ours, which they override. */
  settings?: Readonly<Record<string, string>>;
}

const SUPERUSER = "latchkey";

const TEST_SETTINGS = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
};

const settingsOf = ({ purpose, settings }: PostgresOptions): string[] =>
  Object.entries({
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    max_wal_size: "256MB",
    ...(purpose === "test" ? TEST_SETTINGS : {}),
    ...settings,
  }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** The lines of postmaster.pid that matter: the process on line 1, "ready" or "starting" on line 8. */
const readPidFile = (data: string): { pid: number; state: string } | null => {
  try {
    const lines = fs.readFileSync(path.join(data, "postmaster.pid"), "utf8").split("\n");
    return { pid: Number(lines[0]), state: lines[7]?.trim() ?? "" };
  } catch {
    return null;
  }
};

const stopOrphan = async (data: string): Promise<void> => {
  const left = readPidFile(data);
  if (left === null) return;
  await endOrphan(left.pid, (command) => command.includes(data), "SIGINT");
};

/** Stops the server that a killed process left on this directory, if there is one. */
export const stopAbandonedPostgres = async (directory: string): Promise<void> => {
  const data = path.join(directory, "data");
  if (fs.existsSync(data)) await stopOrphan(fs.realpathSync(data));
};

const explain = (log: string, logFile: string): OperatorError =>
  /No space left on device/.test(log)
    ? new OperatorError(
        "The disk is full, so PostgreSQL could not start: free some space and start again.",
      )
    : new OperatorError(
        `PostgreSQL did not start (${log.trim().split("\n").at(-1) ?? "no output"}): see ${logFile}, or set DATABASE_URL to a PostgreSQL server of yours.`,
      );

interface Place {
  programs: string;
  data: string;
  account: Account | null;
  logFile: string;
}

const processOptions = ({ account }: Place) => ({
  // A directory that the account may enter; the caller's may be closed to it.
  cwd: "/",
  // Nothing of the caller's PG* variables, and messages in one known language.
  env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" },
  ...account,
});

/**
 * Creates the cluster; the password goes through a file that only the server's account reads. That file gets its
 * lasting name last, so its presence says that the cluster is whole.
 */
const initialize = (place: Place, passwordFile: string): void => {
  const { programs, data, account, logFile } = place;
  for (const entry of fs.readdirSync(data)) fs.rmSync(path.join(data, entry), { recursive: true });
  const newPasswordFile = `${passwordFile}.new`;
  fs.writeFileSync(newPasswordFile, `${randomBytes(18).toString("base64url")}\n`, { mode: 0o600 });
  if (account !== null) fs.chownSync(newPasswordFile, account.uid, account.gid);
  const result = spawnSync(
    path.join(programs, "bin", "initdb"),
    [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${newPasswordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-sync",
    ],
    { ...processOptions(place), encoding: "utf8" },
  );
  const output = `${result.stdout ?? ""}${result.stderr ?? ""}${result.error?.message ?? ""}`;
  fs.appendFileSync(logFile, output);
  if (result.status !== 0) throw explain(output, logFile);
  fs.renameSync(newPasswordFile, passwordFile);
};

const waitUntilReady = async (
  data: string,
  pid: number,
  exited: Promise<void>,
): Promise<boolean> => {
  let gone = false;
  void exited.then(() => (gone = true));
  // Recovery after a crash may replay a lot of log; a server that lives is waited for.
  while (!gone) {
    const file = readPidFile(data);
    if (file?.pid === pid && file.state === "ready") return true;
    await sleep(20);
  }
  return false;
};

/**
 * Starts the embedded PostgreSQL on a port of 127.0.0.1. The URL is the superuser's, on the database `postgres`.
 * Throws OperatorError with what to do when it cannot start.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningService> => {
  const { directory } = options;
  const found = findPostgresPrograms();
  const account = serverAccount();
  const data = placeData(path.join(directory, "data"), account);
  const place: Place = {
    programs: placePrograms(found.directory, found.version, account),
    data,
    account,
    logFile: path.join(directory, "server.log"),
  };
  const passwordFile = `${data}.password`;
  await stopOrphan(data);
  if (!fs.existsSync(passwordFile)) initialize(place, passwordFile);
  const port = options.port ?? (await freePort());
  const logStart = fs.existsSync(place.logFile) ? fs.statSync(place.logFile).size : 0;
  const log = fs.openSync(place.logFile, "a");
  const child = spawn(
    path.join(place.programs, "bin", "postgres"),
    ["-D", data, "-p", String(port), ...settingsOf(options)],
    { ...processOptions(place), stdio: ["ignore", log, log], detached: true },
  );
  fs.closeSync(log);
  endWithParent(child, "SIGINT");
  const exited = exitOf(child);
  if (child.pid === undefined || !(await waitUntilReady(data, child.pid, exited))) {
    throw explain(fs.readFileSync(place.logFile, "utf8").slice(logStart), place.logFile);
  }
  const password = fs.readFileSync(passwordFile, "utf8").trim();
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    pid: child.pid,
    exited,
    // SIGINT is PostgreSQL's fast shutdown: open connections are closed, the data is complete.
    stop: () => endChild(child, "SIGINT", 10_000),
  };
};
