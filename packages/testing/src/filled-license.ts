import { newId } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { z } from "zod";
import { aLicense } from "./test-core.ts";
import type { IssuedLicense, TestCore } from "./test-core.ts";

const prefix = "filled:";

export interface FilledLicense extends IssuedLicense {
  /** Fingerprints of the machines without a seat. */
  readonly fingerprints: readonly string[];
  /** Sessions that hold a seat each, on machines of their own. */
  readonly sessionIds: readonly string[];
}

const asSuperuser = async (
  { databaseUrl }: Pick<TestCore, "databaseUrl">,
  work: (superuser: postgres.Sql) => Promise<unknown>,
): Promise<void> => {
  const superuser = postgres(databaseUrl, { max: 1 });
  try {
    await work(superuser);
  } finally {
    await superuser.end();
  }
};

/** Has PostgreSQL look at how much there is, as it does by itself every few minutes. */
export const gatherStatistics = (made: Pick<TestCore, "databaseUrl">): Promise<void> =>
  asSuperuser(made, (superuser) => superuser`analyze machines, sessions, licenses`);

/**
 * A license with `machines` that hold no seat, `sessions` on machines of their own, and a seat for each. Inserted by the
 * superuser, since thousands by the verbs would take minutes.
 */
export const aFilledLicense = async (
  made: Pick<TestCore, "core" | "database" | "databaseUrl">,
  { machines = 0, sessions = 0 }: { machines?: number; sessions?: number },
): Promise<FilledLicense> => {
  const license = await aLicense(made, { maxSeats: machines + sessions });
  const { licenseId, owner } = license;
  const { organizationId } = owner;
  const idsOf = (count: number): string[] => Array.from({ length: count }, () => newId());
  const [machineIds, sessionIds] = [idsOf(machines), idsOf(sessions)];
  await asSuperuser(made, async (superuser) => {
    await superuser`
      insert into machines (organization_id, id, license_id, fingerprint, name, activated_at, last_seen_at)
      select ${organizationId}, id, ${licenseId}, ${prefix}::text || id, 'filled', now(), now()
      from unnest(${[...machineIds, ...sessionIds]}::uuid[]) as id`;
    await superuser`
      insert into sessions (organization_id, id, license_id, machine_id, started_at, last_heartbeat_at, expires_at)
      select ${organizationId}, id, ${licenseId}, id, now(), now(), now() + interval '6 minutes'
      from unnest(${sessionIds}::uuid[]) as id`;
  });
  return { ...license, fingerprints: machineIds.map((id) => `${prefix}${id}`), sessionIds };
};

const RowsRead = z.tuple([z.object({ rows: z.coerce.number() })]);

/** Rows of machines and sessions that the transaction has read up to now, those that it threw away too. */
export const rowsReadIn = async ({ db }: Tx): Promise<number> => {
  const [{ rows }] = RowsRead.parse([
    ...(await db.execute(sql`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) as rows
      from pg_stat_xact_user_tables where relname in ('machines', 'sessions')`)),
  ]);
  return rows;
};
