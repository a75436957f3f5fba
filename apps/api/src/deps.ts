import { createSandboxGateway } from "@latchkey/adapters/gateways";
import { findSodiumEd25519 } from "@latchkey/adapters/signing";
import { createCore, createVault } from "@latchkey/core";
import type { Core, CoreDeps, CoreSettings } from "@latchkey/core";
import { connectDatabase, describeError, requestLimits } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import type { RedisConnection } from "@latchkey/redis";
import { pino } from "pino";
import type { Logger } from "pino";
import type { Environment } from "./env.ts";
import type { Metrics } from "./metrics/create-metrics.ts";

export interface Deps {
  readonly core: Core;
  readonly coreDeps: CoreDeps;
  readonly database: Database;
  readonly redis: RedisConnection;
  readonly logger: Logger;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Sending and writing mails is the worker's work: here an attempt is a mistake in the wiring. */
const mailLeavesFromTheWorker = () =>
  Promise.reject(new Error("The API commits events; the worker writes and sends their mails."));

/**
 * Opens connections and wires the core; nothing is connected before the first use. Without `metrics`, as in a
 * command, nothing is measured.
 */
export const createDeps = (env: Environment, metrics?: Metrics): Deps => {
  const logger = pino({
    level: env.LOG_LEVEL,
    base: { app: "api" },
    serializers: { err: describeError },
    timestamp: pino.stdTimeFunctions.isoTime,
  });
  const database = connectDatabase({
    url: env.DATABASE_URL.reveal(),
    poolSize: env.DATABASE_POOL_SIZE,
    applicationName: "latchkey-api",
    limits: requestLimits,
    ...(metrics && { onWait: metrics.onPoolWait }),
  });
  const redis = connectRedis({
    url: env.REDIS_URL.reveal(),
    cluster: env.REDIS_CLUSTER,
    ...(metrics && { onAttempt: metrics.onRedisAttempt }),
    onTrouble: (error) => logger.warn({ err: error }, "Redis is away; PostgreSQL serves alone"),
  });
  const ed25519 = findSodiumEd25519((error) =>
    logger.warn(
      { err: error },
      "libsodium could not be loaded: node:crypto signs, and takes longer",
    ),
  );
  const sandbox = env.LATCHKEY_MODE === "sandbox";
  const publicUrl = env.LATCHKEY_PUBLIC_URL;
  const settings: CoreSettings = {
    mode: env.LATCHKEY_MODE,
    publicUrl,
    gateway: sandbox ? "sandbox" : "stripe",
  };
  const coreDeps: CoreDeps = {
    database,
    seatCache: createSeatCache(redis),
    rateLimits: createRateLimits(redis),
    vault: createVault(env.LATCHKEY_SECRET.reveal()),
    ...(ed25519 && { ed25519 }),
    gateways: sandbox ? { sandbox: createSandboxGateway({ publicUrl }) } : {},
    renderMail: mailLeavesFromTheWorker,
    mailTransport: { send: mailLeavesFromTheWorker },
    log: logger,
    ...(metrics && { observe: metrics.observe }),
    settings,
  };
  return {
    core: createCore(coreDeps),
    coreDeps,
    database,
    redis,
    logger,
    close: async () => {
      await redis.close();
      await database.close();
    },
  };
};
