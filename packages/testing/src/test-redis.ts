import { Redis } from "ioredis";
import { inject } from "vitest";
import { freeRedisDatabases } from "./test-servers.ts";

export interface TestRedis {
  /** With the number of the logical database: redis://127.0.0.1:41234/7. */
  url: string;
  /** Empties the database and gives its number back. */
  close(): Promise<void>;
}

/**
 * A logical Redis database of the calling file's own, empty. Only within Vitest's `db` and `e2e` projects. FLUSHDB
 * stays inside it; FLUSHALL would empty everyone's, and publish/subscribe crosses all numbers.
 */
export const createTestRedis = async (): Promise<TestRedis> => {
  const { redisUrl, runName } = inject("servers");
  const ledger = new Redis(redisUrl, { db: 0 });
  const number = await ledger.spop(freeRedisDatabases(runName));
  ledger.disconnect();
  if (number === null) {
    throw new Error("Redis has no empty database left: give it more (redis-server --databases).");
  }
  const url = new URL(redisUrl);
  url.pathname = `/${number}`;
  return {
    url: url.href,
    close: async () => {
      const redis = new Redis(url.href);
      await redis.flushdb();
      await redis.select(0);
      await redis.sadd(freeRedisDatabases(runName), number);
      redis.disconnect();
    },
  };
};
