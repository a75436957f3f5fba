import { sql } from "drizzle-orm";
import {
  boolean,
  char,
  check,
  index,
  integer,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { billingInterval, planVersions, products } from "./catalog.ts";
import { bytes, createdAt, instant, minorUnits, primaryId } from "./columns.ts";
import { tenantId } from "./organizations.ts";

export const gatewayName = pgEnum("gateway_name", ["sandbox", "stripe"]);

export const gatewayCustomers = pgTable(
  "gateway_customers",
  {
    organizationId: tenantId(),
    gateway: gatewayName("gateway").notNull(),
    customerReference: text("customer_reference").notNull(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.organizationId, table.gateway] })],
);

export const paymentMethods = pgTable(
  "payment_methods",
  {
    organizationId: tenantId(),
    id: primaryId(),
    gateway: gatewayName("gateway").notNull(),
    methodReference: text("method_reference").notNull(),
    brand: text("brand").notNull(),
    lastFour: text("last_four").notNull(),
    isDefault: boolean("is_default").notNull().default(false),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("payment_methods_reference").on(
      table.organizationId,
      table.gateway,
      table.methodReference,
    ),
    uniqueIndex("payment_methods_one_default")
      .on(table.organizationId)
      .where(sql`${table.isDefault}`),
  ],
);

export const subscriptionStatus = pgEnum("subscription_status", [
  "trialing",
  "active",
  "past_due",
  "paused",
  "canceled",
]);

export const billedBy = pgEnum("billed_by", ["latchkey", "stripe"]);

export const subscriptions = pgTable(
  "subscriptions",
  {
    organizationId: tenantId(),
    id: primaryId(),
    productId: uuid("product_id")
      .notNull()
      .references(() => products.id),
    planVersionId: uuid("plan_version_id")
      .notNull()
      .references(() => planVersions.id),
    interval: billingInterval("interval").notNull(),
    currency: char("currency", { length: 3 }).notNull(),
    status: subscriptionStatus("status").notNull(),
    billedBy: billedBy("billed_by").notNull().default("latchkey"),
    /** Period k is this instant plus k intervals (money.md R2). */
    anchorAt: instant("anchor_at").notNull(),
    currentPeriodStartsAt: instant("current_period_starts_at").notNull(),
    currentPeriodEndsAt: instant("current_period_ends_at").notNull(),
    trialEndsAt: instant("trial_ends_at"),
    cancelAtPeriodEnd: boolean("cancel_at_period_end").notNull().default(false),
    canceledAt: instant("canceled_at"),
    paymentMethodId: uuid("payment_method_id").references(() => paymentMethods.id),
    /** The next instant at which the worker must act; null when nothing falls due. */
    dueAt: instant("due_at"),
    createdAt: createdAt(),
  },
  (table) => [
    index("subscriptions_tenant").on(table.organizationId, table.createdAt),
    index("subscriptions_due")
      .on(table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    check(
      "subscriptions_period",
      sql`${table.currentPeriodStartsAt} < ${table.currentPeriodEndsAt}`,
    ),
  ],
);

export const trialClaimKind = pgEnum("trial_claim_kind", [
  "email",
  "card",
  "fingerprint",
  "organization",
]);

/** One trial per customer and product (money.md R21): each identity can claim it once. */
export const trialClaims = pgTable(
  "trial_claims",
  {
    organizationId: tenantId(),
    productId: uuid("product_id")
      .notNull()
      .references(() => products.id),
    kind: trialClaimKind("kind").notNull(),
    valueHash: bytes("value_hash").notNull(),
    claimedAt: instant("claimed_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.productId, table.kind, table.valueHash] })],
);

export const checkoutStatus = pgEnum("checkout_status", ["open", "complete", "expired"]);

export const checkoutSessions = pgTable(
  "checkout_sessions",
  {
    organizationId: tenantId(),
    id: primaryId(),
    planVersionId: uuid("plan_version_id")
      .notNull()
      .references(() => planVersions.id),
    interval: billingInterval("interval").notNull(),
    currency: char("currency", { length: 3 }).notNull(),
    trial: boolean("trial").notNull(),
    status: checkoutStatus("status").notNull(),
    gateway: gatewayName("gateway").notNull(),
    /** The gateway's own id of its payment page; null for a trial, which needs no gateway. */
    gatewayReference: text("gateway_reference"),
    url: text("url").notNull(),
    successUrl: text("success_url").notNull(),
    cancelUrl: text("cancel_url").notNull(),
    createdBy: uuid("created_by").notNull(),
    subscriptionId: uuid("subscription_id")
      .unique()
      .references(() => subscriptions.id),
    licenseId: uuid("license_id").unique(),
    createdAt: instant("created_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    completedAt: instant("completed_at"),
    /**
     * The charge that is under way: written before the gateway is asked and cleared once its answer is
     * stored. After a crash it tells which charge to repeat before any other card may be charged.
     */
    chargingMethodReference: text("charging_method_reference"),
    chargingAuthenticated: boolean("charging_authenticated").notNull().default(false),
    dueAt: instant("due_at"),
  },
  (table) => [
    index("checkout_sessions_tenant").on(table.organizationId, table.createdAt),
    index("checkout_sessions_due")
      .on(table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    check(
      "checkout_sessions_complete",
      sql`(${table.status} = 'complete') = (${table.completedAt} is not null and ${table.subscriptionId} is not null and ${table.licenseId} is not null)`,
    ),
  ],
);

export const invoiceStatus = pgEnum("invoice_status", [
  "draft",
  "open",
  "paid",
  "void",
  "uncollectible",
]);

/** A trigger refuses every change to what a finalized invoice says (money.md R17). */
export const invoices = pgTable(
  "invoices",
  {
    organizationId: tenantId(),
    id: primaryId(),
    subscriptionId: uuid("subscription_id")
      .notNull()
      .references(() => subscriptions.id),
    number: text("number").unique(),
    status: invoiceStatus("status").notNull(),
    currency: char("currency", { length: 3 }).notNull(),
    subtotalMinor: minorUnits("subtotal_minor").notNull(),
    discountMinor: minorUnits("discount_minor").notNull().default(0),
    taxMinor: minorUnits("tax_minor").notNull().default(0),
    creditMinor: minorUnits("credit_minor").notNull().default(0),
    totalMinor: minorUnits("total_minor").notNull(),
    periodStartsAt: instant("period_starts_at").notNull(),
    periodEndsAt: instant("period_ends_at").notNull(),
    createdAt: createdAt(),
    finalizedAt: instant("finalized_at"),
    paidAt: instant("paid_at"),
  },
  (table) => [
    uniqueIndex("invoices_one_per_period").on(table.subscriptionId, table.periodStartsAt),
    index("invoices_tenant").on(table.organizationId, table.createdAt),
    check(
      "invoices_total",
      sql`${table.totalMinor} = ${table.subtotalMinor} - ${table.discountMinor} - ${table.creditMinor} + ${table.taxMinor}`,
    ),
    check("invoices_number", sql`(${table.finalizedAt} is null) = (${table.number} is null)`),
  ],
);

export const invoiceLines = pgTable(
  "invoice_lines",
  {
    organizationId: tenantId(),
    id: primaryId(),
    invoiceId: uuid("invoice_id")
      .notNull()
      .references(() => invoices.id),
    /** Names what the line is for, so that computing it twice writes it once. */
    stableId: text("stable_id").notNull(),
    description: text("description").notNull(),
    quantity: integer("quantity").notNull(),
    unitAmountMinor: minorUnits("unit_amount_minor").notNull(),
    amountMinor: minorUnits("amount_minor").notNull(),
    periodStartsAt: instant("period_starts_at").notNull(),
    periodEndsAt: instant("period_ends_at").notNull(),
  },
  (table) => [uniqueIndex("invoice_lines_stable").on(table.invoiceId, table.stableId)],
);

/** One row a year; taken by UPDATE inside the finalizing transaction, so that no number is lost. */
export const invoiceSequences = pgTable("invoice_sequences", {
  year: integer("year").primaryKey(),
  lastNumber: integer("last_number").notNull(),
});

export const paymentStatus = pgEnum("payment_status", ["succeeded", "failed"]);

/** Append-only: what the gateway did with an invoice, attempt by attempt. */
export const payments = pgTable(
  "payments",
  {
    organizationId: tenantId(),
    id: primaryId(),
    invoiceId: uuid("invoice_id").references(() => invoices.id),
    checkoutSessionId: uuid("checkout_session_id").references(() => checkoutSessions.id),
    gateway: gatewayName("gateway").notNull(),
    chargeReference: text("charge_reference").notNull(),
    idempotencyKey: text("idempotency_key").notNull().unique(),
    status: paymentStatus("status").notNull(),
    declineCode: text("decline_code"),
    amountMinor: minorUnits("amount_minor").notNull(),
    currency: char("currency", { length: 3 }).notNull(),
    createdAt: createdAt(),
  },
  (table) => [index("payments_tenant").on(table.organizationId, table.createdAt)],
);
