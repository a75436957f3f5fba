import type { Tx } from "@latchkey/db";
import { licenses, machines } from "@latchkey/db/schema";
import { and, count, desc, eq, inArray, isNotNull, isNull, or, sql } from "drizzle-orm";
import { z } from "zod";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type MachineRow = typeof machines.$inferSelect;

/** Active machines, and barred ones whether active or not: a ban outlives a deactivation. */
const standing = or(isNull(machines.deactivatedAt), isNotNull(machines.bannedAt));

/** The machine of a fingerprint, a barred one before all. */
export const findMachineByFingerprint = async (
  tx: Tx,
  licenseId: string,
  fingerprint: string,
): Promise<MachineRow | null> => {
  const [row] = await tx.db
    .select()
    .from(machines)
    .where(and(eq(machines.licenseId, licenseId), eq(machines.fingerprint, fingerprint), standing))
    .orderBy(sql`${machines.bannedAt} is null`)
    .limit(1);
  return row ?? null;
};

/** Ids of active machines in good standing, of any licenses, by license and fingerprint. */
export const listMachineIds = async (
  tx: Tx,
  wanted: readonly { readonly licenseId: string; readonly fingerprint: string }[],
) =>
  tx.db
    .select({
      id: machines.id,
      licenseId: machines.licenseId,
      fingerprint: machines.fingerprint,
    })
    .from(machines)
    .where(
      and(
        isNull(machines.deactivatedAt),
        isNull(machines.bannedAt),
        inArray(machines.licenseId, [...new Set(wanted.map(({ licenseId }) => licenseId))]),
        inArray(machines.fingerprint, [...new Set(wanted.map(({ fingerprint }) => fingerprint))]),
      ),
    );

/** As many machines of a license as are read at once; the newest. */
const mostMachines = 1000;

const MachineIds = z.record(z.string(), z.uuid());

/** Ids of active machines in good standing by fingerprint, of each license; not all, where it has many. */
export const listNewestMachineIds = async (
  tx: Tx,
  licenseIds: readonly string[],
): Promise<Map<string, ReadonlyMap<string, string>>> => {
  // A license comes as one row, since to read one for each machine costs several times what it is worth.
  const machineIds = sql<string>`(
    select coalesce(json_object_agg(newest.fingerprint, newest.id), '{}')::text from (
      select fingerprint, id from machines
      where machines.license_id = licenses.id and deactivated_at is null and banned_at is null
      order by id desc limit ${mostMachines}) newest)`;
  const rows = await tx.db
    .select({ licenseId: licenses.id, machineIds })
    .from(licenses)
    .where(inArray(licenses.id, [...licenseIds]));
  return new Map(
    rows.map((row) => [
      row.licenseId,
      new Map(Object.entries(MachineIds.parse(JSON.parse(row.machineIds)))),
    ]),
  );
};

/** Machines that share a component with these, named and equal; few, by what components are. */
export const listAlikeMachines = async (
  tx: Tx,
  licenseId: string,
  components: Readonly<Record<string, string>>,
): Promise<MachineRow[]> =>
  tx.db
    .select()
    .from(machines)
    .where(
      and(
        eq(machines.licenseId, licenseId),
        standing,
        sql`exists (
          select 1 from jsonb_each_text(${machines.components}) known
          join jsonb_each_text(${JSON.stringify(components)}::jsonb) presented using (key, value))`,
      ),
    )
    .limit(1000);

export const insertMachine = async (
  tx: Tx,
  values: typeof machines.$inferInsert,
): Promise<MachineRow> => {
  const [row] = await tx.db.insert(machines).values(values).returning();
  if (!row) throw new Error("PostgreSQL lost a machine that was just activated.");
  return row;
};

export const updateMachine = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof machines.$inferInsert>,
): Promise<MachineRow> => {
  const [row] = await tx.db.update(machines).set(changes).where(eq(machines.id, id)).returning();
  if (!row) throw new Error(`Machine ${id} vanished while its license was locked.`);
  return row;
};

export const findActiveMachine = async (
  tx: Tx,
  { licenseId, machineId }: { licenseId: string; machineId: string },
): Promise<MachineRow | null> => {
  const [row] = await tx.db
    .select()
    .from(machines)
    .where(
      and(
        eq(machines.id, machineId),
        eq(machines.licenseId, licenseId),
        isNull(machines.deactivatedAt),
      ),
    );
  return row ?? null;
};

/** The active machines of a license. */
export const countActiveMachines = async (tx: Tx, licenseId: string): Promise<number> => {
  const [row] = await tx.db
    .select({ used: count() })
    .from(machines)
    .where(and(eq(machines.licenseId, licenseId), isNull(machines.deactivatedAt)));
  return row?.used ?? 0;
};

// Names in plain SQL: drizzle leaves the table out of a select from one, and both have an id.
const lastHeartbeatAt = sql<Date | null>`(
  select max(sessions.last_heartbeat_at) from sessions
  where sessions.license_id = machines.license_id and sessions.machine_id = machines.id)`.mapWith(
  (value: unknown) => (typeof value === "string" ? new Date(value) : null),
);

/** Active machines, newest first, with their last heartbeat: no heartbeat writes the machine's row. */
export const listActiveMachines = async (
  tx: Tx,
  { licenseId, after, limit }: { licenseId: string; after: Position | null; limit: number },
) =>
  tx.db
    .select({ machine: machines, lastHeartbeatAt })
    .from(machines)
    .where(
      and(
        eq(machines.licenseId, licenseId),
        isNull(machines.deactivatedAt),
        olderThan(machines.activatedAt, machines.id, after),
      ),
    )
    .orderBy(desc(machines.activatedAt), desc(machines.id))
    .limit(limit);
