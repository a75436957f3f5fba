import { transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import {
  auditEntries,
  checkoutSessions,
  gatewayCustomers,
  invoiceLines,
  invoices,
  licenses,
  outboxEvents,
  paymentMethods,
  payments,
  subscriptions,
  trialClaims,
} from "@latchkey/db/schema";
import { asc, eq } from "drizzle-orm";

/** Everything that billing keeps about an organization, oldest first: what a test holds against the rules. */
export const readBillingRows = (database: Database, organizationId: string) =>
  transact(database, { kind: "system" }, async ({ db }) => ({
    customers: await db
      .select()
      .from(gatewayCustomers)
      .where(eq(gatewayCustomers.organizationId, organizationId)),
    checkouts: await db
      .select()
      .from(checkoutSessions)
      .where(eq(checkoutSessions.organizationId, organizationId))
      .orderBy(asc(checkoutSessions.id)),
    subscriptions: await db
      .select()
      .from(subscriptions)
      .where(eq(subscriptions.organizationId, organizationId))
      .orderBy(asc(subscriptions.id)),
    licenses: await db
      .select()
      .from(licenses)
      .where(eq(licenses.organizationId, organizationId))
      .orderBy(asc(licenses.id)),
    invoices: await db
      .select()
      .from(invoices)
      .where(eq(invoices.organizationId, organizationId))
      .orderBy(asc(invoices.id)),
    lines: await db
      .select()
      .from(invoiceLines)
      .where(eq(invoiceLines.organizationId, organizationId))
      .orderBy(asc(invoiceLines.id)),
    payments: await db
      .select()
      .from(payments)
      .where(eq(payments.organizationId, organizationId))
      .orderBy(asc(payments.id)),
    methods: await db
      .select()
      .from(paymentMethods)
      .where(eq(paymentMethods.organizationId, organizationId))
      .orderBy(asc(paymentMethods.id)),
    claims: await db
      .select()
      .from(trialClaims)
      .where(eq(trialClaims.organizationId, organizationId)),
    events: await db
      .select()
      .from(outboxEvents)
      .where(eq(outboxEvents.organizationId, organizationId))
      .orderBy(asc(outboxEvents.id)),
    audit: await db
      .select()
      .from(auditEntries)
      .where(eq(auditEntries.organizationId, organizationId))
      .orderBy(asc(auditEntries.id)),
  }));
