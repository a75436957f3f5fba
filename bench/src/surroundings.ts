/** What the figures depend on beside our code, and the proof that what was counted is stored. */
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { connectRedis } from "@latchkey/redis";
import postgres from "postgres";
import { z } from "zod";
import type { Acknowledged } from "./context.ts";
import type { Servers } from "./servers.ts";
import { percentile } from "./statistics.ts";

export interface Surroundings {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly postgresql: string;
  readonly redis: string;
  readonly fsync: string;
  readonly synchronousCommit: string;
  /** Median of writing 8 KiB and fdatasync, on the disk that holds the database. */
  readonly fdatasyncMs: number;
}

const Settings = z.tuple([
  z.object({ version: z.string(), fsync: z.string(), synchronous_commit: z.string() }),
]);
const Stored = z.tuple([z.object({ sessions: z.int(), steps: z.int() })]);
const Steps = z.tuple([z.object({ steps: z.int() })]);

const withSql = async <Result>(url: string, work: (sql: postgres.Sql) => Promise<Result>) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
};

const measureFdatasync = (directory: string): number => {
  const file = path.join(directory, "fdatasync");
  const descriptor = fs.openSync(file, "w");
  const page = Buffer.alloc(8192, 1);
  const timesMs = Array.from({ length: 100 }, () => {
    const startedMs = performance.now();
    fs.writeSync(descriptor, page, 0, page.length, 0);
    fs.fdatasyncSync(descriptor);
    return performance.now() - startedMs;
  });
  fs.closeSync(descriptor);
  fs.rmSync(file);
  return percentile(timesMs, 0.5);
};

const readRedisVersion = async (url: string): Promise<string> => {
  const redis = connectRedis({ url });
  try {
    await redis.ready();
    return /^redis_version:(\S+)/m.exec(await redis.client.info("server"))?.[1] ?? "unknown";
  } finally {
    await redis.close();
  }
};

/** Reads machine, versions and durability. Throws when PostgreSQL would acknowledge what a power cut could take. */
export const readSurroundings = async ({
  databaseUrl,
  redisUrl,
  directory,
}: Servers): Promise<Surroundings> => {
  const [settings] = await withSql(databaseUrl, async (sql) =>
    Settings.parse([
      ...(await sql`
        select current_setting('server_version') as version, current_setting('fsync') as fsync,
          current_setting('synchronous_commit') as synchronous_commit`),
    ]),
  );
  if (settings.fsync !== "on" || settings.synchronous_commit !== "on") {
    throw new Error("fsync and synchronous_commit must be on: other figures mean nothing here.");
  }
  return {
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()} ${os.arch()}`,
    node: process.version,
    postgresql: settings.version,
    redis: await readRedisVersion(redisUrl),
    fsync: settings.fsync,
    synchronousCommit: settings.synchronous_commit,
    fdatasyncMs: measureFdatasync(directory),
  };
};

/**
 * Compares what was acknowledged with what PostgreSQL holds: a session per grant, a step of its sequence per heartbeat
 * or repeated acquire, the textbook design's in its own table. Throws when they differ.
 */
export const demandStored = async (
  { databaseUrl }: Servers,
  acknowledged: Acknowledged,
): Promise<void> => {
  const { stored, textbookSteps } = await withSql(databaseUrl, async (sql) => {
    const [stored] = Stored.parse([
      ...(await sql`
        select count(*)::int as sessions, coalesce(sum(seq - 1), 0)::int as steps from sessions`),
    ]);
    if (acknowledged.textbookSteps === 0) return { stored, textbookSteps: 0 };
    const [{ steps }] = Steps.parse([
      ...(await sql`select coalesce(sum(seq - 1), 0)::int as steps from textbook.sessions`),
    ]);
    return { stored, textbookSteps: steps };
  });
  const { sessions, steps, unanswered } = acknowledged;
  const isWhole =
    stored.sessions === sessions &&
    stored.steps >= steps &&
    stored.steps <= steps + unanswered &&
    textbookSteps === acknowledged.textbookSteps;
  if (isWhole) return;
  throw new Error(
    `PostgreSQL holds ${JSON.stringify({ ...stored, textbookSteps })}, and acknowledged were ${JSON.stringify(acknowledged)}.`,
  );
};
