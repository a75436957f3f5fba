import { sql } from "drizzle-orm";
import type { Features, Limits } from "@latchkey/contracts";
import {
  boolean,
  char,
  check,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { bytes, createdAt, instant, minorUnits, primaryId } from "./columns.ts";

export const products = pgTable(
  "products",
  {
    id: primaryId(),
    name: text("name").notNull(),
    slug: text("slug").notNull().unique(),
    keyPrefix: text("key_prefix").notNull(),
    createdAt: createdAt(),
  },
  (table) => [check("products_key_prefix", sql`${table.keyPrefix} ~ '^[A-Z0-9]{2,12}$'`)],
);

export const signingAlgorithm = pgEnum("signing_algorithm", ["EdDSA", "PS256"]);
export const signingKeyStatus = pgEnum("signing_key_status", ["active", "verify_only"]);

export const signingKeys = pgTable(
  "signing_keys",
  {
    kid: text("kid").primaryKey(),
    productId: uuid("product_id")
      .notNull()
      .references(() => products.id),
    algorithm: signingAlgorithm("algorithm").notNull(),
    status: signingKeyStatus("status").notNull(),
    publicJwk: jsonb("public_jwk").$type<Record<string, string>>().notNull(),
    privateKeyCiphertext: bytes("private_key_ciphertext").notNull(),
    /** The key before it vouches for this one, so that a client which pinned that one believes it. */
    endorsement: text("endorsement"),
    createdAt: createdAt(),
    retiredAt: instant("retired_at"),
  },
  (table) => [
    uniqueIndex("signing_keys_one_active")
      .on(table.productId)
      .where(sql`${table.status} = 'active'`),
  ],
);

export const plans = pgTable("plans", {
  id: primaryId(),
  productId: uuid("product_id")
    .notNull()
    .references(() => products.id),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  description: text("description").notNull().default(""),
  createdAt: createdAt(),
});

/** What is sold. A trigger refuses every change to a version, and to its prices, once it is sold. */
export const planVersions = pgTable(
  "plan_versions",
  {
    id: primaryId(),
    planId: uuid("plan_id")
      .notNull()
      .references(() => plans.id),
    version: integer("version").notNull(),
    onOffer: boolean("on_offer").notNull().default(true),
    maxSeats: integer("max_seats").notNull(),
    maxMachines: integer("max_machines"),
    trialDays: integer("trial_days").notNull().default(0),
    features: jsonb("features").$type<Features>().notNull().default({}),
    limits: jsonb("limits").$type<Limits>().notNull().default({}),
    firstSoldAt: instant("first_sold_at"),
    createdAt: createdAt(),
  },
  (table) => [
    uniqueIndex("plan_versions_number").on(table.planId, table.version),
    uniqueIndex("plan_versions_one_on_offer")
      .on(table.planId)
      .where(sql`${table.onOffer}`),
    check("plan_versions_seats", sql`${table.maxSeats} >= 1`),
    check("plan_versions_machines", sql`${table.maxMachines} is null or ${table.maxMachines} >= 1`),
    check("plan_versions_trial", sql`${table.trialDays} >= 0`),
  ],
);

export const billingInterval = pgEnum("billing_interval", ["month", "year"]);

export const planPrices = pgTable(
  "plan_prices",
  {
    planVersionId: uuid("plan_version_id")
      .notNull()
      .references(() => planVersions.id),
    interval: billingInterval("interval").notNull(),
    amountMinor: minorUnits("amount_minor").notNull(),
    currency: char("currency", { length: 3 }).notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.planVersionId, table.interval, table.currency] }),
    check("plan_prices_amount", sql`${table.amountMinor} >= 0`),
  ],
);
