/** Everything that a run starts: PostgreSQL and Redis of its own, the API and the references. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import { migrate } from "@latchkey/db";
import { connectRedis } from "@latchkey/redis";
import {
  commandOf,
  ensureDatabase,
  freePort,
  startPostgres,
  startRedis,
  stopAbandonedPostgres,
  stopAbandonedRedis,
} from "@latchkey/tooling/services";
import { startApi, startReference, startWorker } from "./processes.ts";
import type { Reference, Started } from "./processes.ts";

export interface Servers {
  readonly apiUrl: string;
  /** The superuser's. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** LATCHKEY_SECRET of the API. */
  readonly secret: string;
  /** On the disk that PostgreSQL writes to. */
  readonly directory: string;
  /** Process ids, each of a tree; null for what runs elsewhere, as in a container. */
  readonly pids: {
    api(): number;
    readonly postgresql: number | null;
    readonly redis: number | null;
  };
  /** Starts a reference beside the API, which ends with the others. */
  startReference(name: Reference, env?: Readonly<Record<string, string>>): Promise<Started>;
  /** Starts the worker, which ends with the others. */
  startWorker(): Promise<Started>;
  killApi(): Promise<void>;
  /** Starts the killed API again, at its address, and waits until it is ready. */
  restartApi(): Promise<void>;
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

const readPostgresPid = (directory: string): number | null => {
  const file = path.join(directory, "postgres", "data", "postmaster.pid");
  return Number.parseInt(fs.readFileSync(file, "utf8"), 10) || null;
};

const readRedisPid = async (url: string): Promise<number | null> => {
  const redis = connectRedis({ url });
  try {
    await redis.ready();
    const pid = Number(/^process_id:(\d+)/m.exec(await redis.client.info("server"))?.[1]);
    // In a container it counts from 1, which is somebody else here.
    return commandOf(pid)?.includes("redis") ? pid : null;
  } finally {
    await redis.close();
  }
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
  {
    signal,
    report,
    postgresSettings = {},
  }: {
    signal: AbortSignal;
    report: (line: string) => void;
    postgresSettings?: Readonly<Record<string, string>>;
  },
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
      startPostgres({
        directory: path.join(directory, "postgres"),
        purpose: "development",
        settings: postgresSettings,
      }),
    );
    const databaseUrl = await ensureDatabase(postgres.url, "bench");
    await migrate(databaseUrl);
    signal.throwIfAborted();
    report("starting the API");
    const secret = randomBytes(36).toString("base64");
    const env = { DATABASE_URL: databaseUrl, REDIS_URL: redis.url, LATCHKEY_SECRET: secret };
    const port = await freePort();
    const runApi = () => start(startApi(root, port, env));
    let api = await runApi();
    return await work({
      apiUrl: api.url,
      databaseUrl,
      redisUrl: redis.url,
      secret,
      directory,
      pids: {
        api: () => api.pid,
        postgresql: readPostgresPid(directory),
        redis: await readRedisPid(redis.url),
      },
      startReference: (name, own = {}) => start(startReference(name, { ...env, ...own })),
      startWorker: () => start(startWorker(root, api.url, env)),
      killApi: () => api.kill(),
      restartApi: async () => {
        api = await runApi();
      },
    });
  } finally {
    for (const stop of stops) await stop();
    removeDirectory(directory);
  }
};
