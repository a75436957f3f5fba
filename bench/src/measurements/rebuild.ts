import { createSeatRebuild } from "@latchkey/core";
import { connectDatabase } from "@latchkey/db";
import { connectRedis, createSeatCache } from "@latchkey/redis";
import { Redis } from "ioredis";
import postgres from "postgres";
import type { Context } from "../context.ts";
import type { Timed } from "../load.ts";
import { inTurn } from "../statistics.ts";

const measurement = "sessions rebuilt in Redis";
const seatsPerLicense = 100;
/** Longer than a run, so that the same sessions serve every round. */
const heldSeconds = 3600;
const rowsAtOnce = 10_000;

interface Seat {
  licenseId: string;
  machineId: string;
  expiresAtMs: number;
}

/** The rows in portions of one license each; they come in the order of licenses. */
const byLicense = (rows: readonly Seat[]): Seat[][] => {
  const portions: Seat[][] = [];
  for (const row of rows) {
    const portion = portions.at(-1);
    if (portion?.[0]?.licenseId === row.licenseId) portion.push(row);
    else portions.push([row]);
  }
  return portions;
};

/**
 * The bare stream: one SELECT of the rows, and a ZADD for the seats of a license, those of a portion pipelined and
 * written while PostgreSQL is asked for the next. No script, no judging, no marker of a known set.
 */
const fillBare = async (
  sql: postgres.Sql,
  redis: Redis,
  licenseIds: readonly string[],
): Promise<void> => {
  const rows = sql<Seat[]>`
    select license_id as "licenseId", machine_id as "machineId",
      extract(epoch from expires_at)::float8 * 1000 as "expiresAtMs"
    from sessions where license_id = any(${[...licenseIds]}::uuid[]) and ended_at is null
    order by license_id`;
  let writing: Promise<unknown> = Promise.resolve();
  for await (const portion of rows.cursor(rowsAtOnce)) {
    await writing;
    writing = Promise.all(
      byLicense(portion).map((seats) =>
        redis.zadd(
          `latchkey:seats:{${seats[0]?.licenseId}}`,
          ...seats.flatMap(({ expiresAtMs, machineId }) => [Math.ceil(expiresAtMs), machineId]),
        ),
      ),
    );
  }
  await writing;
};

/** Throws unless Redis holds every seat. */
const demandFilled = async (
  redis: Redis,
  licenseIds: readonly string[],
  sessions: number,
): Promise<void> => {
  const held = await Promise.all(
    licenseIds.map((id) => redis.zcount(`latchkey:seats:{${id}}`, "-inf", "(+inf")),
  );
  const sum = held.reduce((total, count) => total + count, 0);
  if (sum !== sessions) throw new Error(`Redis holds ${sum} seats of ${sessions}.`);
};

/** Opens what is measured, on as many seats as `sizes.rebuilt`; the same for all rounds. */
export const openRebuilds = async ({ servers, vendor, sizes, acknowledged, progress }: Context) => {
  progress.show(`seating ${sizes.rebuilt} sessions`);
  const licenses = Math.ceil(sizes.rebuilt / seatsPerLicense);
  const seated = licenses * seatsPerLicense;
  const terms = { licenses, seatsEach: seatsPerLicense, seconds: heldSeconds };
  const licenseIds = await vendor.crowd(terms);
  acknowledged.sessions += seated;
  const database = connectDatabase({ url: servers.databaseUrl, applicationName: "bench-rebuild" });
  const connection = connectRedis({ url: servers.redisUrl });
  await connection.ready();
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
  const redis = new Redis(servers.redisUrl, { enableAutoPipelining: true });
  const rebuild = createSeatRebuild({ database, seatCache: createSeatCache(connection) });

  const subjects = [
    {
      by: "Latchkey",
      fill: async () => void (await Promise.all(licenseIds.map((id) => rebuild(id)))),
    },
    { by: "bare stream", fill: () => fillBare(sql, redis, licenseIds) },
  ];

  return {
    /** Empties Redis and fills it, by the product and by the bare stream. */
    measure: async (context: Context, round: number): Promise<void> => {
      for (const { by, fill } of inTurn(subjects, round)) {
        await redis.flushall();
        await context.measure({ measurement, by }, null, async (): Promise<Timed> => {
          const startedMs = performance.now();
          await fill();
          const elapsedMs = performance.now() - startedMs;
          const perSecond = (seated / elapsedMs) * 1000;
          return { count: seated, perSecond, p50Ms: null, p99Ms: null };
        });
        await demandFilled(redis, licenseIds, seated);
      }
    },
    close: async (): Promise<void> => {
      redis.disconnect();
      await connection.close();
      await sql.end();
      await database.close();
    },
  };
};
