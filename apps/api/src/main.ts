import { EnvironmentError } from "@latchkey/core/environment";
import { createAuth } from "./auth/index.ts";
import { createDeps } from "./deps.ts";
import { readEnvironment } from "./env.ts";
import { createApp } from "./http/app.ts";
import { PortInUseError, listen } from "./http/listen.ts";
import { createMetrics } from "./metrics/create-metrics.ts";

/** Design: within 10 s of the signal; what has not finished by then is cut with time to spare. */
const patienceMs = 8_000;

const fail = (error: unknown): never => {
  const known = error instanceof EnvironmentError || error instanceof PortInUseError;
  process.stderr.write(`${known ? error.message : String(error)}\n`);
  process.exit(1);
};

const start = async (): Promise<void> => {
  const env = readEnvironment();
  const metrics = createMetrics();
  const deps = createDeps(env, metrics);
  const { core, coreDeps, database, redis, logger } = deps;
  const { log, settings } = coreDeps;
  const auth = createAuth({
    core,
    database,
    redis,
    secret: env.LATCHKEY_SECRET.reveal(),
    settings,
    log,
  });
  const { listener } = createApp({
    core,
    database,
    redis,
    metrics,
    identities: auth,
    authHandler: auth.handler,
    log,
    logger,
    settings: {
      mode: env.LATCHKEY_MODE,
      publicUrl: env.LATCHKEY_PUBLIC_URL,
      trustProxy: env.TRUST_PROXY,
      portalDirectory: env.LATCHKEY_PORTAL_DIR,
      adminDirectory: env.LATCHKEY_ADMIN_DIR,
      metricsToken: env.METRICS_TOKEN?.reveal(),
    },
  });
  const listening = await listen(listener, env.PORT);
  log.info({ port: listening.port, mode: env.LATCHKEY_MODE }, "listening");

  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, "stopping");
    listening
      .close(patienceMs)
      .then(() => deps.close())
      .then(() => process.exit(0), fail);
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
};

start().catch(fail);
