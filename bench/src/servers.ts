/** Everything that a run starts: PostgreSQL and Redis of its own, the API and the reference. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import { migrate } from "@latchkey/db";
import {
  commandOf,
  ensureDatabase,
  freePort,
  startPostgres,
  startRedis,
  stopAbandonedPostgres,
  stopAbandonedRedis,
} from "@latchkey/tooling/services";
import { startApi, startHello } from "./processes.ts";

export interface Servers {
  readonly apiUrl: string;
  readonly helloUrl: string;
  /** The superuser's. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** LATCHKEY_SECRET of the API. */
  readonly secret: string;
  /** On the disk that PostgreSQL writes to. */
  readonly directory: string;
}

const root = path.resolve(import.meta.dirname, "../..");
/** Not the system's temporary directory: that is often memory, where fsync costs nothing. */
const stateDirectory = path.join(root, ".latchkey");
const prefix = "bench-";

const removeDirectory = (directory: string): void => {
  const data = path.join(directory, "postgres", "data");
  // Where PostgreSQL's account cannot reach the clone, the data is a link to where it can.
  if (fs.lstatSync(data, { throwIfNoEntry: false })?.isSymbolicLink()) {
    fs.rmSync(path.dirname(fs.realpathSync(data)), { recursive: true, force: true });
  }
  fs.rmSync(directory, { recursive: true, force: true });
};

/** Ends the servers of runs that were killed, and removes their data. */
const sweepKilledRuns = async (): Promise<void> => {
  for (const name of fs.readdirSync(stateDirectory)) {
    const pid = new RegExp(`^${prefix}(\\d+)$`).exec(name)?.[1];
    if (pid === undefined || commandOf(Number(pid))?.includes("bench")) continue;
    const directory = path.join(stateDirectory, name);
    await stopAbandonedPostgres(path.join(directory, "postgres"));
    await stopAbandonedRedis(path.join(directory, "redis"));
    removeDirectory(directory);
  }
};

/**
 * Runs `work` with all servers up; stops and removes everything after it, however it ends. Throws OperatorError when a
 * server cannot be started here, and the signal's reason once it is aborted.
 */
export const withServers = async <Result>(
  { signal, report }: { signal: AbortSignal; report: (line: string) => void },
  work: (servers: Servers) => Promise<Result>,
): Promise<Result> => {
  fs.mkdirSync(stateDirectory, { recursive: true, mode: 0o711 });
  await sweepKilledRuns();
  const directory = path.join(stateDirectory, `${prefix}${process.pid}`);
  fs.mkdirSync(directory, { mode: 0o711 });
  const stops: (() => Promise<void>)[] = [];
  const start = async <Service extends { stop(): Promise<void> }>(starting: Promise<Service>) => {
    const service = await starting;
    stops.unshift(() => service.stop());
    signal.throwIfAborted();
    return service;
  };
  try {
    report("starting PostgreSQL and Redis");
    const redis = await start(
      startRedis({ directory: path.join(directory, "redis"), purpose: "development", report }),
    );
    const postgres = await start(
      startPostgres({ directory: path.join(directory, "postgres"), purpose: "development" }),
    );
    const databaseUrl = await ensureDatabase(postgres.url, "bench");
    await migrate(databaseUrl);
    signal.throwIfAborted();
    report("starting the API and the reference");
    const secret = randomBytes(36).toString("base64");
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LATCHKEY_SECRET: secret };
    const api = await start(startApi(root, await freePort(), env));
    const hello = await start(startHello());
    return await work({
      apiUrl: api.url,
      helloUrl: hello.url,
      databaseUrl,
      redisUrl: redis.url,
      secret,
      directory,
    });
  } finally {
    for (const stop of stops) await stop();
    removeDirectory(directory);
  }
};
