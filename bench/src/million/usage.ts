/** What PostgreSQL, Redis, the API, the worker and the generator take while a million hearts beat, by Linux' /proc. */
import * as fs from "node:fs";
import { connectRedis } from "@latchkey/redis";
import postgres from "postgres";
import { z } from "zod";
import { childrenOf, cpuSecondsOf, parties, readCpu, usedBetween } from "../cpu-time.ts";
import type { Servers } from "../servers.ts";

/** MiB of memory of a process and its children, what they share counted once; null where nobody can say. */
const memoryMiBOf = (pid: number | null): number | null => {
  if (pid === null) return null;
  try {
    return [pid, ...(childrenOf(pid) ?? [])]
      .map((each) => {
        const rollup = fs.readFileSync(`/proc/${each}/smaps_rollup`, "utf8");
        return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
      })
      .reduce((sum, mib) => sum + mib, 0);
  } catch {
    // A child ended while it was read.
    return null;
  }
};

/** Who works here: the worker as well, which no other part has. */
export const millionParties = [...parties, "worker"] as const;
export type MillionParty = (typeof millionParties)[number];

/** CPU seconds that each has used so far. */
export type MillionCpuSeconds = Readonly<Record<MillionParty, number | null>>;
export type MemoryMiB = Record<MillionParty, number | null>;

/** What each has used so far; null for what is no process of this machine. */
export const readCpuOfAll = ({ pids }: Servers, workerPid: number): MillionCpuSeconds => ({
  ...readCpu({ ...pids, server: pids.api() }),
  worker: cpuSecondsOf(workerPid),
});

/** What each used between two readings. */
export const usedByAll = (
  before: MillionCpuSeconds,
  after: MillionCpuSeconds,
): MillionCpuSeconds => {
  const [from, to] = [before.worker, after.worker];
  const worker = from === null || to === null ? null : to - from;
  return { ...usedBetween(before, after), worker };
};

/** Raises `peak` to what is used now. */
export const raisePeak = ({ pids }: Servers, workerPid: number, peak: MemoryMiB): void => {
  const now: MemoryMiB = {
    worker: memoryMiBOf(workerPid),
    server: memoryMiBOf(pids.api()),
    postgresql: memoryMiBOf(pids.postgresql),
    redis: memoryMiBOf(pids.redis),
    generator: memoryMiBOf(process.pid),
  };
  for (const party of millionParties) {
    const used = now[party];
    if (used !== null) peak[party] = Math.max(peak[party] ?? 0, used);
  }
};

const Database = z.tuple([
  z.object({
    sequence: z.coerce.number(),
    ended: z.int(),
    expired: z.int(),
    updates: z.coerce.number(),
    hotUpdates: z.coerce.number(),
    deadTuples: z.coerce.number(),
    vacuums: z.coerce.number(),
    walBytes: z.coerce.number(),
    checkpoints: z.coerce.number(),
    sessionsMiB: z.coerce.number(),
  }),
]);
/** What PostgreSQL holds and has done so far. */
export type DatabaseState = z.infer<typeof Database>[0];

/** Reads it by a connection of its own. Throws $ZodError where there is no table of sessions. */
export const readDatabase = async (servers: Servers): Promise<DatabaseState> => {
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const [state] = Database.parse([
      ...(await sql`
        select
          (select sum(seq) from sessions) as sequence,
          (select count(*) from sessions where ended_at is not null)::int as ended,
          (select count(*) from sessions where expires_at <= now())::int as expired,
          n_tup_upd as updates, n_tup_hot_upd as "hotUpdates", n_dead_tup as "deadTuples",
          autovacuum_count as vacuums,
          pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as "walBytes",
          (select num_timed + num_requested from pg_stat_checkpointer) as checkpoints,
          pg_total_relation_size('sessions') / 1048576 as "sessionsMiB"
        from pg_stat_user_tables where relname = 'sessions'`),
    ]);
    return state;
  } finally {
    await sql.end();
  }
};

/** Redis' own word on its memory, in MiB: the most that it ever held. */
export const readRedisPeakMiB = async ({ redisUrl }: Servers): Promise<number> => {
  const redis = connectRedis({ url: redisUrl });
  try {
    await redis.ready();
    const info = await redis.client.info("memory");
    return Number(/^used_memory_peak:(\d+)/m.exec(info)?.[1]) / 1048576;
  } finally {
    await redis.close();
  }
};
