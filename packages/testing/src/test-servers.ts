/** One PostgreSQL and one Redis for a whole test run: those of the environment, else private ones. */
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { Redis } from "ioredis";
import postgres from "postgres";
import { z } from "zod";
import {
  commandOf,
  startPostgres,
  startRedis,
  stopAbandonedPostgres,
  stopAbandonedRedis,
  type RunningService,
} from "@latchkey/tooling/services";
import type {} from "vitest";
import { readTestEnv } from "./env.ts";

/** What a test file needs to know about the servers; plain data, since it crosses to the workers. */
export interface TestServers {
  databaseUrl: string;
  redisUrl: string;
  /** Names what this run makes on a server that others may use too; letters, digits and underscores. */
  runName: string;
}

declare module "vitest" {
  interface ProvidedContext {
    servers: TestServers;
  }
}

const DIRECTORY_PREFIX = "latchkey-test-";

/** The set of Redis database numbers that no test file holds, kept in database 0. */
export const freeRedisDatabases = (runName: string): string => `${runName}:free-databases`;

/** Ends the servers of runs that were killed, and removes their data. */
const sweepKilledRuns = async (): Promise<void> => {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = new RegExp(`^${DIRECTORY_PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid === undefined || commandOf(Number(pid))?.includes("node")) continue;
    const directory = path.join(os.tmpdir(), name);
    await stopAbandonedPostgres(path.join(directory, "postgres"));
    await stopAbandonedRedis(path.join(directory, "redis"));
    fs.rmSync(directory, { recursive: true, force: true });
  }
};

const makeDirectory = (): string => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), `${DIRECTORY_PREFIX}${process.pid}-`));
  // PostgreSQL may run under another account, which must be able to pass through.
  fs.chmodSync(directory, 0o711);
  return directory;
};

const databasesAnswer = z.tuple([z.literal("databases"), z.coerce.number().int()]);

/** Offers the numbers that hold nothing: on a Redis that others use, their data is not ours to flush. */
const offerRedisDatabases = async (servers: TestServers): Promise<void> => {
  const redis = new Redis(servers.redisUrl);
  try {
    const [, count] = databasesAnswer.parse(await redis.config("GET", "databases"));
    const used = new Set(
      [...(await redis.info("keyspace")).matchAll(/^db(\d+):/gm)].map(([, number]) => number),
    );
    const free = Array.from({ length: count }, (_, number) => String(number)).filter(
      (number) => number !== "0" && !used.has(number),
    );
    await redis.sadd(freeRedisDatabases(servers.runName), ...free);
  } finally {
    redis.disconnect();
  }
};

const removeTraces = async ({ databaseUrl, redisUrl, runName }: TestServers): Promise<void> => {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const left = await sql<{ datname: string }[]>`
    select datname from pg_database where starts_with(datname, ${runName})`;
  for (const { datname } of left) await sql`drop database if exists ${sql(datname)} with (force)`;
  await sql.end();
  const redis = new Redis(redisUrl);
  await redis.del(freeRedisDatabases(runName));
  redis.disconnect();
};

/** Brings the servers up; `stop` ends those that were started and leaves no trace on the others. */
export const startTestServers = async (): Promise<{
  servers: TestServers;
  stop: () => Promise<void>;
}> => {
  const env = readTestEnv();
  await sweepKilledRuns();
  const directory = makeDirectory();
  const started: RunningService[] = [];
  const start = async (service: Promise<RunningService>): Promise<string> => {
    const running = await service;
    started.push(running);
    return running.url;
  };
  const servers: TestServers = {
    databaseUrl:
      env.DATABASE_URL ??
      (await start(
        startPostgres({ directory: path.join(directory, "postgres"), purpose: "test" }),
      )),
    redisUrl:
      env.REDIS_URL ??
      (await start(startRedis({ directory: path.join(directory, "redis"), purpose: "test" }))),
    runName: `latchkey_test_${randomBytes(4).toString("hex")}`,
  };
  await offerRedisDatabases(servers);
  return {
    servers,
    stop: async () => {
      await removeTraces(servers);
      await Promise.all(started.map((service) => service.stop()));
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
};
