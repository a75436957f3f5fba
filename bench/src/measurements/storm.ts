import { setTimeout as sleep } from "node:timers/promises";
import { verifyRefusal } from "@latchkey/license-crypto/verify";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import postgres from "postgres";
import { z } from "zod";
import type { Context } from "../context.ts";
import { runLoad } from "../load.ts";
import type { Work } from "../load.ts";
import type { SeededLicense } from "../seed.ts";
import { inTurn } from "../statistics.ts";
import {
  acquireBody,
  fetchKeyRing,
  knocksPerMachine,
  licensesPerCell,
  machinesInTurn,
  machinesPerStorm,
  nonceOf,
  paths,
} from "../workloads.ts";
import type { CheckedWork, Door } from "../workloads.ts";

const measurement = "acquire, refused in a storm";
const seats = 5;
/** A backend that has nothing to do tells the statistics within so long (PGSTAT_IDLE_INTERVAL). */
const statisticsDelayMs = 10_500;

const Transactions = z.tuple([z.object({ ended: z.coerce.number() })]);

/** Activated machines that knock at licenses whose seats are all held. */
const openStorm = async (
  { vendor, acknowledged }: Context,
  count: number,
  machines: number,
): Promise<SeededLicense[]> => {
  const licenses: SeededLicense[] = [];
  for (let index = 0; index < count; index += 1) {
    const machineCount = seats + Math.floor((machines + index) / count);
    const license = await vendor.license({ seats, machineCount });
    await vendor.hold(license, seats);
    acknowledged.sessions += seats;
    licenses.push({ ...license, fingerprints: license.fingerprints.slice(seats) });
  }
  return licenses;
};

const refusalIn = (body: string): string => /"refusal":"([\w.-]+)"/.exec(body)?.[1] ?? "";

const knocks = (url: string, licenses: readonly SeededLicense[], keyRing: KeyRing): CheckedWork => {
  const machines = machinesInTurn(licenses);
  const refusals: string[] = [];
  return {
    url,
    count: machines.length * knocksPerMachine,
    bodyOf: (index) => acquireBody(machines, index),
    // RATE_LIMITED is 429 too, and would be an answer to another question.
    accepts: (status, body, index) => {
      refusals[index] = refusalIn(body);
      return status === 429 && body.includes('"code":"SEATS_EXHAUSTED"');
    },
    check: () => {
      const [{ productId: audience } = { productId: "" }] = licenses;
      const ids = new Set(licenses.map(({ licenseId }) => licenseId));
      for (const [index, refusal] of refusals.entries()) {
        const verified = verifyRefusal(keyRing, refusal, { audience, nonce: nonceOf(index) });
        if (!verified.ok) throw new Error(`A refusal is worthless: ${verified.reason}.`);
        const { code, sub, maxSeats, usedSeats } = verified.claims;
        const right = code === "SEATS_EXHAUSTED" && maxSeats === seats && usedSeats === seats;
        if (!right || !ids.has(sub)) throw new Error("A refusal says what is not so.");
      }
    },
  };
};

const stormLatchkey = async (context: Context, door: Door): Promise<CheckedWork> => {
  const { servers, sizes } = context;
  const licenses = await openStorm(context, 1, machinesPerStorm(sizes));
  const url = `${servers.apiUrl}${paths[door].acquire}`;
  const work = knocks(url, licenses, await fetchKeyRing(servers.apiUrl));
  await context.load({ measurement, by: `Latchkey, ${door}` }, servers.pids.api(), work);
  return work;
};

const stormBare = async (context: Context): Promise<CheckedWork> => {
  const floor = await context.references.floor();
  const licenses = await openStorm(context, 1, machinesPerStorm(context.sizes));
  const work = knocks(`${floor.url}/acquire`, licenses, floor.keyRing);
  await context.load({ measurement, by: "bare script" }, floor.pid, work);
  return work;
};

/** Refused acquires: Latchkey by both doors, and the bare script behind node:http. What warms up is not judged. */
export const measureStorms = async (context: Context, round: number): Promise<void> => {
  const subjects = [
    () => stormLatchkey(context, "REST"),
    () => stormBare(context),
    () => stormLatchkey(context, "tRPC"),
  ];
  for (const storm of inTurn(subjects, round)) {
    const work = await storm();
    if (round > 0) work.check();
  }
};

/** Work that pauses between requests is of no use here: the storm lasts as long as its requests. */
const secondsOf = async (context: Context, work: Work): Promise<number> => {
  const { connections } = context.sizes;
  const options = { connections, signal: context.signal, onProgress: () => undefined };
  const { count, perSecond } = await runLoad(work, options);
  return count / perSecond;
};

/** Holds autovacuum back until `work` has ended: its transactions count like any other, and come when they like. */
const withoutAutovacuum = async (sql: postgres.Sql, work: () => Promise<void>): Promise<void> => {
  await sql`alter system set autovacuum = off`;
  await sql`select pg_reload_conf()`;
  try {
    await work();
  } finally {
    await sql`alter system reset autovacuum`;
    await sql`select pg_reload_conf()`;
  }
};

/**
 * Counts PostgreSQL's transactions in one more storm, at ten licenses at once, and takes off what runs in as much time
 * without one. It waits three times for the statistics, which backends at rest tell late.
 */
export const countStormTransactions = async (context: Context): Promise<void> => {
  const { servers, sizes, signal, progress } = context;
  const licenses = await openStorm(context, licensesPerCell, machinesPerStorm(sizes));
  const url = `${servers.apiUrl}${paths.REST.acquire}`;
  const work = knocks(url, licenses, await fetchKeyRing(servers.apiUrl));
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
  const read = async (): Promise<{ ended: number; atMs: number }> => {
    progress.show("counting transactions: waiting for PostgreSQL's statistics");
    await sleep(statisticsDelayMs, undefined, { signal });
    const [{ ended }] = Transactions.parse([
      ...(await sql`
        select xact_commit + xact_rollback as ended from pg_stat_database
        where datname = current_database()`),
    ]);
    return { ended, atMs: performance.now() };
  };
  try {
    await withoutAutovacuum(sql, async () => {
      const first = await read();
      const before = await read();
      const seconds = await secondsOf(context, work);
      const after = await read();
      const background = (before.ended - first.ended) / (before.atMs - first.atMs);
      const ofStorm = after.ended - before.ended - background * (after.atMs - before.atMs);
      context.note(
        "PostgreSQL transactions per license and second of a storm",
        ofStorm / licenses.length / seconds,
        1,
      );
    });
    work.check();
  } finally {
    await sql.end();
  }
};
