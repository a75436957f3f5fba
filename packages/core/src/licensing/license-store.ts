import type { LicenseStatus } from "@latchkey/contracts";
import type { KeyedTx, Tx } from "@latchkey/db";
import { licenses } from "@latchkey/db/schema";
import { and, asc, desc, eq, gt, isNotNull, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { toDueRows } from "../due.ts";
import { isOneOfBytes } from "../is-one-of.ts";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type LicenseRow = typeof licenses.$inferSelect;

export const insertLicense = async (tx: Tx, values: typeof licenses.$inferInsert) => {
  await tx.db.insert(licenses).values(values);
};

export const findLicense = async (tx: Tx, id: string): Promise<LicenseRow | null> => {
  const [row] = await tx.db.select().from(licenses).where(eq(licenses.id, id));
  return row ?? null;
};

/** Locks the license: whoever changes it, or grants one of its seats, waits for the transaction. */
export const lockLicense = async (tx: Tx, id: string): Promise<LicenseRow | null> => {
  const [row] = await tx.db.select().from(licenses).where(eq(licenses.id, id)).for("update");
  return row ?? null;
};

export const findLicenseByKeyHash = async (tx: Tx, hash: Buffer): Promise<LicenseRow | null> => {
  const [row] = await tx.db.select().from(licenses).where(eq(licenses.keyHash, hash));
  return row ?? null;
};

/** What of a license never changes, and the key's hash. */
export type KeyHolder = Pick<LicenseRow, "id" | "organizationId" | "productId" | "keyHash">;

/** The licenses behind these keys. The text is the same for any number of them, so that it is prepared once. */
export const listKeyHolders = (tx: KeyedTx, keyHashes: readonly Buffer[]): Promise<KeyHolder[]> =>
  tx.db
    .select({
      id: licenses.id,
      organizationId: licenses.organizationId,
      productId: licenses.productId,
      keyHash: licenses.keyHash,
    })
    .from(licenses)
    .where(isOneOfBytes(licenses.keyHash, keyHashes))
    .prepare("list_key_holders")
    .execute();

export const findLicenseIdOfSubscription = async (
  tx: Tx,
  subscriptionId: string,
): Promise<string | null> => {
  const [row] = await tx.db
    .select({ id: licenses.id })
    .from(licenses)
    .where(eq(licenses.subscriptionId, subscriptionId));
  return row?.id ?? null;
};

export const updateLicense = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof licenses.$inferInsert>,
): Promise<LicenseRow> => {
  const [row] = await tx.db.update(licenses).set(changes).where(eq(licenses.id, id)).returning();
  if (!row) throw new Error(`License ${id} vanished while it was locked.`);
  return row;
};

/** Licenses whose status changes by itself by now, the longest due first. */
export const listDueLicenses = async (tx: Tx, limit: number) => {
  const rows = await tx.db
    .select({ id: licenses.id, dueAt: licenses.dueAt })
    .from(licenses)
    .where(and(isNotNull(licenses.dueAt), lte(licenses.dueAt, tx.now)))
    .orderBy(asc(licenses.dueAt), asc(licenses.id))
    .limit(limit);
  return toDueRows(rows);
};

/** The next instant after now at which a license falls due, or null. */
export const findNextDueAt = async (tx: Tx): Promise<Date | null> => {
  const [row] = await tx.db
    .select({ dueAt: licenses.dueAt })
    .from(licenses)
    .where(gt(licenses.dueAt, tx.now))
    .orderBy(asc(licenses.dueAt))
    .limit(1);
  return row?.dueAt ?? null;
};

// Names in plain SQL: drizzle leaves the table out of a select from one, and both have an id.
const usedSeats = sql<number>`(
  select count(*) from sessions where sessions.license_id = licenses.id
    and sessions.ended_at is null and sessions.expires_at > latchkey_now())`.mapWith(Number);

const usedMachines = sql<number>`(
  select count(*) from machines where machines.license_id = licenses.id
    and machines.deactivated_at is null)`.mapWith(Number);

/** A license with how much of it is in use. */
export interface LicenseInUse {
  readonly license: LicenseRow;
  readonly usedSeats: number;
  readonly usedMachines: number;
}

/** Licenses that the condition keeps, newest first, after a position. */
export const listLicenses = async (
  tx: Tx,
  {
    status,
    where,
    after,
    limit,
  }: {
    status?: LicenseStatus | undefined;
    where?: SQL | undefined;
    after: Position | null;
    limit: number;
  },
): Promise<LicenseInUse[]> =>
  tx.db
    .select({ license: licenses, usedSeats, usedMachines })
    .from(licenses)
    .where(
      and(
        status && eq(licenses.status, status),
        where,
        olderThan(licenses.createdAt, licenses.id, after),
      ),
    )
    .orderBy(desc(licenses.createdAt), desc(licenses.id))
    .limit(limit);

export const findLicenseInUse = async (tx: Tx, id: string): Promise<LicenseInUse | null> => {
  const [row] = await listLicenses(tx, { where: eq(licenses.id, id), after: null, limit: 1 });
  return row ?? null;
};
