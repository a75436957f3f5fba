import { setTimeout as sleep } from "node:timers/promises";
import { createCore } from "@latchkey/core";
import { EnvironmentError } from "@latchkey/core/environment";
import { describeError } from "@latchkey/db";
import { pino } from "pino";
import { createDeps } from "./deps.ts";
import { readEnvironment } from "./env.ts";
import type { Environment } from "./env.ts";
import { startWorker } from "./worker.ts";

/** Orchestrators kill after ten seconds: jobs get most of them, closing the rest. */
const jobPatienceMs = 8_000;
const closePatienceMs = 1_000;

const readOrExit = (): Environment => {
  try {
    return readEnvironment();
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
};

const environment = readOrExit();
const log = pino({
  level: environment.LOG_LEVEL,
  base: { app: "worker" },
  serializers: { err: describeError },
  timestamp: pino.stdTimeFunctions.isoTime,
});
const { deps, close } = createDeps(environment, log);
const worker = startWorker({
  core: createCore(deps),
  deps,
  redisUrl: environment.REDIS_URL.reveal(),
  cluster: environment.REDIS_CLUSTER,
});
log.info({ mode: environment.LATCHKEY_MODE }, "The worker runs");

let stopping = false;
const stop = async (signal: string): Promise<void> => {
  if (stopping) return;
  stopping = true;
  log.info({ signal }, "The worker finishes its jobs and stops");
  const finished = await worker.stop(jobPatienceMs);
  if (!finished) log.warn({}, "A job did not finish in time; another worker carries it on");
  // Nothing is left to lose: a server that does not say goodbye is not waited for.
  await Promise.race([close(), sleep(closePatienceMs, undefined, { ref: false })]);
  log.info({}, "The worker has stopped");
  process.exit(finished ? 0 : 1);
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    stop(signal).catch((error: unknown) => {
      log.error({ err: error }, "The worker did not stop cleanly");
      process.exit(1);
    });
  });
}
