import type { Tx } from "@latchkey/db";
import { subscriptions, trialClaims } from "@latchkey/db/schema";
import { and, asc, eq, gt, lte } from "drizzle-orm";
import { toDueRows } from "../due.ts";
import type { DueRow } from "../due.ts";
import { only } from "./only.ts";

export type SubscriptionRow = typeof subscriptions.$inferSelect;

/** Claims the trial for each identity; returns how many of them were free. */
export const insertTrialClaims = async (
  tx: Tx,
  claims: readonly (typeof trialClaims.$inferInsert)[],
): Promise<number> => {
  const inserted = await tx.db
    .insert(trialClaims)
    .values([...claims])
    .onConflictDoNothing()
    .returning({ kind: trialClaims.kind });
  return inserted.length;
};

export const insertSubscription = async (
  tx: Tx,
  subscription: typeof subscriptions.$inferInsert,
): Promise<SubscriptionRow> =>
  only(await tx.db.insert(subscriptions).values(subscription).returning());

export const findSubscription = async (tx: Tx, id: string): Promise<SubscriptionRow | null> => {
  const [row] = await tx.db.select().from(subscriptions).where(eq(subscriptions.id, id));
  return row ?? null;
};

export const lockSubscription = async (tx: Tx, id: string): Promise<SubscriptionRow | null> => {
  const [row] = await tx.db
    .select()
    .from(subscriptions)
    .where(eq(subscriptions.id, id))
    .for("update");
  return row ?? null;
};

export const updateSubscription = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof subscriptions.$inferInsert>,
): Promise<SubscriptionRow> =>
  only(await tx.db.update(subscriptions).set(changes).where(eq(subscriptions.id, id)).returning());

export const listDueTrials = async (tx: Tx, limit: number): Promise<DueRow[]> =>
  toDueRows(
    await tx.db
      .select({ id: subscriptions.id, dueAt: subscriptions.dueAt })
      .from(subscriptions)
      .where(and(eq(subscriptions.status, "trialing"), lte(subscriptions.dueAt, tx.now)))
      .orderBy(asc(subscriptions.dueAt), asc(subscriptions.id))
      .limit(limit),
  );

/** The next instant after now at which a trial ends, or null. */
export const findNextTrialDueAt = async (tx: Tx): Promise<Date | null> => {
  const [row] = await tx.db
    .select({ dueAt: subscriptions.dueAt })
    .from(subscriptions)
    .where(and(eq(subscriptions.status, "trialing"), gt(subscriptions.dueAt, tx.now)))
    .orderBy(asc(subscriptions.dueAt))
    .limit(1);
  return row?.dueAt ?? null;
};
