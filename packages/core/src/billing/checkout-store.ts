import type { Tx } from "@latchkey/db";
import { checkoutSessions, subscriptions } from "@latchkey/db/schema";
import { and, asc, eq, gt, lte } from "drizzle-orm";
import { toDueRows } from "../due.ts";
import type { DueRow } from "../due.ts";
import { only } from "./only.ts";

export type CheckoutRow = typeof checkoutSessions.$inferSelect;

export const insertCheckout = async (
  tx: Tx,
  checkout: typeof checkoutSessions.$inferInsert,
): Promise<CheckoutRow> => only(await tx.db.insert(checkoutSessions).values(checkout).returning());

export const findCheckout = async (tx: Tx, id: string): Promise<CheckoutRow | null> => {
  const [row] = await tx.db.select().from(checkoutSessions).where(eq(checkoutSessions.id, id));
  return row ?? null;
};

export const lockCheckout = async (tx: Tx, id: string): Promise<CheckoutRow | null> => {
  const [row] = await tx.db
    .select()
    .from(checkoutSessions)
    .where(eq(checkoutSessions.id, id))
    .for("update");
  return row ?? null;
};

export const updateCheckout = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof checkoutSessions.$inferInsert>,
): Promise<void> => {
  await tx.db.update(checkoutSessions).set(changes).where(eq(checkoutSessions.id, id));
};

/** The completed checkout of the organization's trial of this version, if that trial still runs. */
export const findRunningTrial = async (
  tx: Tx,
  trial: Pick<CheckoutRow, "organizationId" | "planVersionId" | "interval">,
): Promise<CheckoutRow | null> => {
  const [row] = await tx.db
    .select({ checkout: checkoutSessions })
    .from(checkoutSessions)
    .innerJoin(subscriptions, eq(subscriptions.id, checkoutSessions.subscriptionId))
    .where(
      and(
        eq(checkoutSessions.organizationId, trial.organizationId),
        eq(checkoutSessions.planVersionId, trial.planVersionId),
        eq(checkoutSessions.interval, trial.interval),
        eq(checkoutSessions.trial, true),
        eq(subscriptions.status, "trialing"),
      ),
    );
  return row?.checkout ?? null;
};

export const listDueCheckouts = async (tx: Tx, limit: number): Promise<DueRow[]> =>
  toDueRows(
    await tx.db
      .select({ id: checkoutSessions.id, dueAt: checkoutSessions.dueAt })
      .from(checkoutSessions)
      .where(lte(checkoutSessions.dueAt, tx.now))
      .orderBy(asc(checkoutSessions.dueAt), asc(checkoutSessions.id))
      .limit(limit),
  );

/** The next instant after now at which an open checkout runs out, or null. */
export const findNextCheckoutDueAt = async (tx: Tx): Promise<Date | null> => {
  const [row] = await tx.db
    .select({ dueAt: checkoutSessions.dueAt })
    .from(checkoutSessions)
    .where(gt(checkoutSessions.dueAt, tx.now))
    .orderBy(asc(checkoutSessions.dueAt))
    .limit(1);
  return row?.dueAt ?? null;
};
