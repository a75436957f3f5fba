import { isUnavailable } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import type { RedisConnection } from "@latchkey/redis";
import express from "express";
import type { Router } from "express";

export interface HealthDeps {
  readonly database: Database;
  readonly redis: Pick<RedisConnection, "isAway" | "ping">;
}

const patienceMs = 2000;

/** Whether PostgreSQL answers within two seconds. */
const reachesDatabase = async ({ sql }: Database): Promise<boolean> => {
  const late = AbortSignal.timeout(patienceMs);
  const tooLate = new Promise<false>((resolve) => {
    late.addEventListener("abort", () => resolve(false));
  });
  const answers = sql`select 1`.then(
    () => true,
    (error: unknown) => {
      if (isUnavailable(error)) return false;
      throw error;
    },
  );
  return Promise.race([answers, tooLate]);
};

/**
 * `/health`: the process lives. `/health/ready`: it can work, that is, PostgreSQL answers; Redis' state
 * is told and fails nothing, since PostgreSQL alone serves.
 */
export const createHealthRouter = ({ database, redis }: HealthDeps): Router => {
  const health = express.Router();
  health.get("/health", (_request, response) => {
    response.json({ status: "ok" });
  });
  health.get("/health/ready", async (_request, response) => {
    const [postgres, redisAnswers] = await Promise.all([reachesDatabase(database), redis.ping()]);
    response.status(postgres ? 200 : 503).json({
      status: postgres ? "ready" : "not ready",
      postgresql: postgres ? "ok" : "away",
      redis: redisAnswers ? "ok" : "away",
    });
  });
  return health;
};
