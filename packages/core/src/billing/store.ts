import type { Tx } from "@latchkey/db";
import {
  checkoutSessions,
  gatewayCustomers,
  invoiceLines,
  invoiceSequences,
  invoices,
  paymentMethods,
  payments,
  subscriptions,
  trialClaims,
} from "@latchkey/db/schema";
import { and, asc, count, eq, gt, lte, sql } from "drizzle-orm";
import type { GatewayName } from "../ports.ts";

export type CheckoutRow = typeof checkoutSessions.$inferSelect;
export type SubscriptionRow = typeof subscriptions.$inferSelect;
export type InvoiceRow = typeof invoices.$inferSelect;

/** The row that a statement must have returned, or an Error: a lost row is a bug, no answer. */
const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error("PostgreSQL returned no row where one was written.");
  return row;
};

export const findCustomerReference = async (
  tx: Tx,
  organizationId: string,
  gateway: GatewayName,
): Promise<string | null> => {
  const [row] = await tx.db
    .select({ customerReference: gatewayCustomers.customerReference })
    .from(gatewayCustomers)
    .where(
      and(
        eq(gatewayCustomers.organizationId, organizationId),
        eq(gatewayCustomers.gateway, gateway),
      ),
    );
  return row?.customerReference ?? null;
};

/** Keeps the customer that was stored first. */
export const insertCustomer = async (
  tx: Tx,
  customer: typeof gatewayCustomers.$inferInsert,
): Promise<void> => {
  await tx.db.insert(gatewayCustomers).values(customer).onConflictDoNothing();
};

/** Holds off the organization's other payments until the commit. */
export const lockCustomer = async (
  tx: Tx,
  organizationId: string,
  gateway: GatewayName,
): Promise<void> => {
  await tx.db
    .select({ organizationId: gatewayCustomers.organizationId })
    .from(gatewayCustomers)
    .where(
      and(
        eq(gatewayCustomers.organizationId, organizationId),
        eq(gatewayCustomers.gateway, gateway),
      ),
    )
    .for("update");
};

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

/** A row that waits for the worker, and since when. */
export interface DueRow {
  readonly id: string;
  readonly dueAt: Date;
}

/** The comparison that finds the rows has already left out those without an instant. */
const toDueRows = (rows: readonly { id: string; dueAt: Date | null }[]): DueRow[] =>
  rows.flatMap(({ id, dueAt }) => (dueAt === null ? [] : [{ id, dueAt }]));

export const listDueCheckouts = async (tx: Tx, limit: number): Promise<DueRow[]> =>
  toDueRows(
    await tx.db
      .select({ id: checkoutSessions.id, dueAt: checkoutSessions.dueAt })
      .from(checkoutSessions)
      .where(lte(checkoutSessions.dueAt, tx.now))
      .orderBy(asc(checkoutSessions.dueAt), asc(checkoutSessions.id))
      .limit(limit),
  );

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

/** Keeps one row per card; the organization's first one becomes its default. */
export const upsertPaymentMethod = async (
  tx: Tx,
  method: Omit<typeof paymentMethods.$inferInsert, "isDefault">,
): Promise<string> => {
  const [existing] = await tx.db
    .select({ id: paymentMethods.id })
    .from(paymentMethods)
    .where(and(eq(paymentMethods.organizationId, method.organizationId), paymentMethods.isDefault));
  const stored = await tx.db
    .insert(paymentMethods)
    .values({ ...method, isDefault: existing === undefined })
    .onConflictDoUpdate({
      target: [
        paymentMethods.organizationId,
        paymentMethods.gateway,
        paymentMethods.methodReference,
      ],
      set: { brand: method.brand, lastFour: method.lastFour },
    })
    .returning({ id: paymentMethods.id });
  return only(stored).id;
};

export const findPaymentMethod = async (tx: Tx, id: string) => {
  const [row] = await tx.db.select().from(paymentMethods).where(eq(paymentMethods.id, id));
  return row ?? null;
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

/** The next instant after now at which a trial or a checkout falls due by itself, or null. */
export const findNextDueAt = async (tx: Tx): Promise<Date | null> => {
  const [trial] = await tx.db
    .select({ dueAt: subscriptions.dueAt })
    .from(subscriptions)
    .where(and(eq(subscriptions.status, "trialing"), gt(subscriptions.dueAt, tx.now)))
    .orderBy(asc(subscriptions.dueAt))
    .limit(1);
  const [checkout] = await tx.db
    .select({ dueAt: checkoutSessions.dueAt })
    .from(checkoutSessions)
    .where(gt(checkoutSessions.dueAt, tx.now))
    .orderBy(asc(checkoutSessions.dueAt))
    .limit(1);
  const [trialDueAt, checkoutDueAt] = [trial?.dueAt ?? null, checkout?.dueAt ?? null];
  if (trialDueAt === null || checkoutDueAt === null) return trialDueAt ?? checkoutDueAt;
  return trialDueAt < checkoutDueAt ? trialDueAt : checkoutDueAt;
};
