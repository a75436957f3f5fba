/** pgbench with one grant as a transaction of its own: see references/grant.sql. */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import * as fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { byKeysAlone } from "@latchkey/db";
import type { Context } from "./context.ts";
import { env } from "./env.ts";
import type { SeededLicense } from "./seed.ts";
import { acquiresPerCell, licensesPerCell } from "./workloads.ts";

const run = promisify(execFile);
const template = path.join(import.meta.dirname, "references", "grant.sql");

/** What stands in the table where the program is missing; Debian has it in the server's package. */
const pgbenchMissing =
  "not measured: pgbench is not installed (Debian: apt-get install postgresql)";

/** Reads pgbench's report: how many transactions, and how many per second. Throws for one with failures. */
export const readPgbench = (printed: string) => {
  const numberIn = (pattern: RegExp): number => Number(pattern.exec(printed)?.[1] ?? NaN);
  const count = numberIn(/actually processed: (\d+)/);
  const failed = numberIn(/failed transactions: (\d+)/);
  const perSecond = numberIn(/^tps = ([\d.]+)/m);
  if (!(count > 0) || !(perSecond > 0) || failed > 0) {
    throw new Error(`pgbench failed. It printed:\n${printed}`);
  }
  return { count, perSecond };
};

const uuids = (ids: readonly string[]): string => `'{${ids.join(",")}}'::uuid[]`;

/** The id of machine number `n` is `prefix` and its 12 hexadecimal digits: an array of all would cost more than it. */
const machineId = (prefix: string, n: number): string =>
  `${prefix}${n.toString(16).padStart(12, "0")}`;

const fillIn = (script: string, prefix: string, licenses: readonly SeededLicense[]): string =>
  script
    .replaceAll(/^--.*$/gm, "")
    .replaceAll(":machine", `('${prefix}' || lpad(to_hex(:n::bigint), 12, '0'))`)
    .replaceAll(":licenses", uuids(licenses.map(({ licenseId }) => licenseId)))
    .replaceAll(":organizations", uuids(licenses.map(({ organizationId }) => organizationId)));

/** Machine number n belongs to license n modulo their count, so that all licenses are busy at the same time. */
const seedLicenses = async (
  { vendor }: Context,
  prefix: string,
  machines: number,
): Promise<SeededLicense[]> => {
  const licenses: SeededLicense[] = [];
  for (let license = 0; license < licensesPerCell; license += 1) {
    const machineCount = Math.ceil((machines - license) / licensesPerCell);
    const machineIdOf = (index: number) => machineId(prefix, index * licensesPerCell + license);
    licenses.push(await vendor.license({ seats: machineCount, machineCount, machineIdOf }));
  }
  return licenses;
};

/** Whether pgbench is installed here. */
const findPgbench = async (): Promise<boolean> =>
  run("pgbench", ["--version"]).then(
    () => true,
    () => false,
  );

const connectionEnvironment = (databaseUrl: string): NodeJS.ProcessEnv => {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  return {
    PATH: env.path,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: decodeURIComponent(username),
    PGPASSWORD: decodeURIComponent(password),
    PGDATABASE: pathname.slice(1),
    // The role of the API's connections, under row-level security. A client grants too few to earn back the five plans
    // that PostgreSQL makes before it keeps one. Plans go by keys alone, as the product's do.
    PGOPTIONS: [
      "role=latchkey_app",
      "plan_cache_mode=force_generic_plan",
      ...Object.entries(byKeysAlone).map(([name, value]) => `${name}=${value}`),
    ]
      .map((setting) => `-c ${setting}`)
      .join(" "),
  };
};

/**
 * Grants a seat to each machine of fresh licenses, with as many clients as the API has callers, and checks that all
 * are held. Says so in the table where pgbench is missing.
 */
export const runPgbench = async (context: Context, measurement: string): Promise<void> => {
  const subject = { measurement, by: "pgbench" };
  if (!(await findPgbench())) return context.miss(subject, pgbenchMissing);
  const { servers, sizes, signal, acknowledged } = context;
  // A client grants as many as the others, so that each knows its machines by counting.
  const perClient = Math.ceil(acquiresPerCell(sizes) / sizes.connections);
  const machines = perClient * sizes.connections;
  const prefix = randomUUID().slice(0, -12);
  const licenses = await seedLicenses(context, prefix, machines);
  const file = path.join(servers.directory, "grant.sql");
  fs.writeFileSync(file, fillIn(fs.readFileSync(template, "utf8"), prefix, licenses));
  await context.measure(subject, null, async () => {
    const { stdout } = await run(
      "pgbench",
      [
        "--no-vacuum",
        "--protocol=prepared",
        `--file=${file}`,
        `--client=${sizes.connections}`,
        `--transactions=${perClient}`,
        "--define=turn=0",
        `--define=clients=${sizes.connections}`,
        `--define=license_count=${licensesPerCell}`,
      ],
      { env: connectionEnvironment(servers.databaseUrl), signal },
    );
    return { ...readPgbench(stdout), p50Ms: null, p99Ms: null };
  });
  acknowledged.sessions += machines;
};
