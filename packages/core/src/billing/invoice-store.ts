import type { Tx } from "@latchkey/db";
import { invoiceLines, invoiceSequences, invoices, payments } from "@latchkey/db/schema";
import { and, count, eq, sql } from "drizzle-orm";
import { only } from "./only.ts";

export type InvoiceRow = typeof invoices.$inferSelect;

export const findInvoice = async (
  tx: Tx,
  subscriptionId: string,
  periodStartsAt: Date,
): Promise<InvoiceRow | null> => {
  const [row] = await tx.db
    .select()
    .from(invoices)
    .where(
      and(eq(invoices.subscriptionId, subscriptionId), eq(invoices.periodStartsAt, periodStartsAt)),
    );
  return row ?? null;
};

export const insertInvoice = async (
  tx: Tx,
  invoice: typeof invoices.$inferInsert,
): Promise<InvoiceRow> => only(await tx.db.insert(invoices).values(invoice).returning());

export const insertInvoiceLines = async (
  tx: Tx,
  lines: readonly (typeof invoiceLines.$inferInsert)[],
): Promise<void> => {
  await tx.db.insert(invoiceLines).values([...lines]);
};

export const updateInvoice = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof invoices.$inferInsert>,
): Promise<InvoiceRow> =>
  only(await tx.db.update(invoices).set(changes).where(eq(invoices.id, id)).returning());

/**
 * Takes the year's next invoice number. The row stays locked until the commit, so that a rollback
 * gives the number back before anybody else could take the next one.
 */
export const takeInvoiceNumber = async (tx: Tx, year: number): Promise<number> => {
  const rows = await tx.db
    .insert(invoiceSequences)
    .values({ year, lastNumber: 1 })
    .onConflictDoUpdate({
      target: invoiceSequences.year,
      set: { lastNumber: sql`${invoiceSequences.lastNumber} + 1` },
    })
    .returning({ taken: invoiceSequences.lastNumber });
  return only(rows).taken;
};

/** How many charges failed whose idempotency key begins so. */
export const countFailedPayments = async (
  tx: Tx,
  checkoutSessionId: string,
  keyPrefix: string,
): Promise<number> => {
  const rows = await tx.db
    .select({ failed: count() })
    .from(payments)
    .where(
      and(
        eq(payments.checkoutSessionId, checkoutSessionId),
        eq(payments.status, "failed"),
        sql`starts_with(${payments.idempotencyKey}, ${keyPrefix})`,
      ),
    );
  return only(rows).failed;
};

/** Adds what the gateway did, once per idempotency key; tells whether it was new. */
export const insertPayment = async (
  tx: Tx,
  payment: typeof payments.$inferInsert,
): Promise<boolean> => {
  const inserted = await tx.db
    .insert(payments)
    .values(payment)
    .onConflictDoNothing({ target: payments.idempotencyKey })
    .returning({ id: payments.id });
  return inserted.length > 0;
};
