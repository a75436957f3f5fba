/**
 * services → migrate → seed and build → applications → ready → demonstration → running, until a signal or a death;
 * then everything is stopped in the opposite order.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  demandPostgres,
  demandRedis,
  ensureDatabase,
  OperatorError,
  startPostgres,
  startRedis,
  type RunningService,
} from "../services/index.ts";
import type { Desktop } from "./demo-desktop.ts";
import { playMainJob } from "./demo.ts";
import { forgetEnvironment, rememberEnvironment } from "./environment.ts";
import { installedProgram, stateDirectory } from "./paths.ts";
import { runCommand, startApplication, type Application, type Command } from "./processes.ts";
import type { Secrets, Settings } from "./settings.ts";
import { printWelcome } from "./welcome.ts";

export interface Run {
  demo: boolean;
  settings: Settings;
  secrets: Secrets;
  /** Aborted when the person wants it to stop. */
  signal: AbortSignal;
}

/** Longer than the slowest start seen on a small machine; a process that dies is noticed at once. */
const READY_WITHIN_SECONDS = 60;

interface Started {
  services: Map<string, RunningService>;
  applications: Application[];
  desktop: Desktop | null;
}

const stopAll = async ({ services, applications, desktop }: Started): Promise<void> => {
  forgetEnvironment();
  if (services.size + applications.length === 0) return;
  console.log("\nStopping …");
  await desktop?.stop();
  await Promise.all(applications.map((application) => application.stop()));
  await Promise.all([...services.values()].map((service) => service.stop()));
  console.log("Everything that was started is stopped.");
};

const bringUpPostgres = async ({ settings }: Run, { services }: Started): Promise<string> => {
  if (settings.databaseUrl !== null) {
    await demandPostgres(settings.databaseUrl);
    return settings.databaseUrl;
  }
  const directory = path.join(stateDirectory, "postgres");
  const postgres = await startPostgres({ directory, purpose: "development" });
  services.set("PostgreSQL", postgres);
  return ensureDatabase(postgres.url, "latchkey");
};

const bringUpRedis = async ({ settings }: Run, { services }: Started): Promise<string> => {
  if (settings.redisUrl !== null) {
    await demandRedis(settings.redisUrl);
    return settings.redisUrl;
  }
  const directory = path.join(stateDirectory, "redis");
  const redis = await startRedis({ directory, purpose: "development", report: console.log });
  services.set("Redis", redis);
  return redis.url;
};

/** Both at once; when one fails, the other is still waited for, so that it can be stopped. */
const bringUpServices = async (run: Run, started: Started): Promise<Record<string, string>> => {
  const [database, redis] = await Promise.allSettled([
    bringUpPostgres(run, started),
    bringUpRedis(run, started),
  ]);
  if (database.status === "rejected") throw database.reason;
  if (redis.status === "rejected") throw redis.reason;
  return { DATABASE_URL: database.value, REDIS_URL: redis.value };
};

const nodeCommand = (name: string, file: string, env: Record<string, string>): Command => ({
  name,
  program: process.execPath,
  args: [path.join("apps", file)],
  env,
});

const buildCommand: Command = {
  name: "build",
  program: installedProgram("turbo"),
  args: ["run", "build", "--filter=@latchkey/admin", "--filter=@latchkey/portal"],
  env: { TURBO_TELEMETRY_DISABLED: "1", TURBO_NO_UPDATE_NOTIFIER: "1" },
};

/** Rejects when something that should run has ended. */
const firstDeath = async ({ services, applications }: Started): Promise<never> =>
  Promise.race([
    ...applications.map(async ({ name, exited, ending }): Promise<never> => {
      await exited;
      throw new OperatorError(
        `The ${name} stopped (${ending()}): its last lines above say why, the whole log is .latchkey/logs/${name}.log; the rest is stopped too.`,
      );
    }),
    ...[...services].map(async ([name, { exited }]): Promise<never> => {
      await exited;
      throw new OperatorError(
        `${name} stopped: its log is .latchkey/${name === "Redis" ? "redis" : "postgres"}/server.log; the rest is stopped too.`,
      );
    }),
  ]);

const isReady = async (baseUrl: string): Promise<boolean> => {
  try {
    return (await fetch(`${baseUrl}/health/ready`)).ok;
  } catch {
    return false;
  }
};

const waitUntilReady = async (baseUrl: string, signal: AbortSignal): Promise<void> => {
  const deadline = Date.now() + READY_WITHIN_SECONDS * 1000;
  while (!(await isReady(baseUrl))) {
    if (signal.aborted) return;
    if (Date.now() > deadline) {
      throw new OperatorError(
        `The api was not ready within ${READY_WITHIN_SECONDS} s: the log is .latchkey/logs/api.log.`,
      );
    }
    await sleep(100);
  }
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });

const bringUp = async (run: Run, started: Started): Promise<void> => {
  const { settings, secrets, signal } = run;
  console.log("Starting PostgreSQL and Redis …");
  const servers = await bringUpServices(run, started);
  const env = {
    ...servers,
    ...secrets,
    PORT: String(settings.port),
    LATCHKEY_MODE: process.env["LATCHKEY_MODE"] || "sandbox",
    LATCHKEY_PUBLIC_URL: settings.publicUrl,
    LATCHKEY_STAFF_EMAIL: settings.staffEmail,
  };
  rememberEnvironment(env);
  const command = (name: string) => nodeCommand(name, `api/src/commands/${name}.ts`, env);
  console.log("Preparing the database and building the web apps …");
  await runCommand(command("migrate"), "Migrating the database failed", signal);
  await runCommand(command("seed"), "Seeding the database failed", signal);
  await runCommand(buildCommand, "Building the web apps failed", signal);
  for (const name of ["api", "worker"]) {
    started.applications.push(startApplication(nodeCommand(name, `${name}/src/main.ts`, env)));
  }
  const baseUrl = `http://127.0.0.1:${settings.port}`;
  const work = async () => {
    await waitUntilReady(baseUrl, signal);
    signal.throwIfAborted();
    const staff = { email: settings.staffEmail, password: secrets.LATCHKEY_STAFF_PASSWORD };
    const demonstration = run.demo
      ? await playMainJob({ baseUrl, staff, report: (line) => console.log(line) })
      : null;
    started.desktop = demonstration?.desktop ?? null;
    printWelcome(settings.publicUrl, staff, demonstration?.played ?? null);
    await aborted(signal);
  };
  await Promise.race([work(), aborted(signal), firstDeath(started)]);
};

/** Runs everything until the signal aborts. Throws OperatorError when something cannot start or dies. */
export const run = async (run: Run): Promise<void> => {
  const started: Started = { services: new Map(), applications: [], desktop: null };
  try {
    await bringUp(run, started);
  } finally {
    await stopAll(started);
  }
};
