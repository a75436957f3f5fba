import { sql } from "drizzle-orm";
import type { Features, FingerprintComponents, Limits } from "@latchkey/contracts";
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import { planVersions, products } from "./catalog.ts";
import { bytes, createdAt, instant, primaryId } from "./columns.ts";
import { tenantId } from "./organizations.ts";

export const licenseStatus = pgEnum("license_status", [
  "active",
  "past_due",
  "suspended",
  "expired",
  "revoked",
]);

export const licenses = pgTable(
  "licenses",
  {
    organizationId: tenantId(),
    id: primaryId(),
    productId: uuid("product_id")
      .notNull()
      .references(() => products.id),
    planVersionId: uuid("plan_version_id")
      .notNull()
      .references(() => planVersions.id),
    /** The subscription that pays for it; null for a license that staff gave. */
    subscriptionId: uuid("subscription_id").unique(),
    keyHash: bytes("key_hash").notNull().unique(),
    keyCiphertext: bytes("key_ciphertext").notNull(),
    keyPrefix: text("key_prefix").notNull(),
    keyLastFour: text("key_last_four").notNull(),
    keyRotatedAt: instant("key_rotated_at"),
    /** Derived from the facts below by one function, `deriveLicense`; nothing else sets it. */
    status: licenseStatus("status").notNull(),
    trial: boolean("trial").notNull().default(false),
    maxSeats: integer("max_seats").notNull(),
    maxMachines: integer("max_machines"),
    features: jsonb("features").$type<Features>().notNull(),
    limits: jsonb("limits").$type<Limits>().notNull(),
    /** The end of what is paid; null never ends. */
    paidUntil: instant("paid_until"),
    /** The end of the running payment grace (money.md R18), if one runs. */
    graceEndsAt: instant("grace_ends_at"),
    /** When the license stops by itself: the later of paidUntil and graceEndsAt. */
    expiresAt: instant("expires_at"),
    suspendedByStaffAt: instant("suspended_by_staff_at"),
    suspendedByDunningAt: instant("suspended_by_dunning_at"),
    endedAt: instant("ended_at"),
    revokedAt: instant("revoked_at"),
    /** The next instant at which its status changes by itself; null when none does. */
    dueAt: instant("due_at"),
    createdAt: createdAt(),
  },
  (table) => [
    index("licenses_tenant").on(table.organizationId, table.createdAt, table.id),
    index("licenses_newest").on(table.createdAt, table.id),
    index("licenses_due")
      .on(table.dueAt)
      .where(sql`${table.dueAt} is not null`),
    check("licenses_seats", sql`${table.maxSeats} >= 1`),
  ],
);

export const platform = pgEnum("platform", ["linux", "macos", "windows", "other"]);

export const machines = pgTable(
  "machines",
  {
    organizationId: tenantId(),
    id: primaryId(),
    licenseId: uuid("license_id")
      .notNull()
      .references(() => licenses.id),
    fingerprint: text("fingerprint").notNull(),
    components: jsonb("components").$type<FingerprintComponents>().notNull().default({}),
    name: text("name").notNull(),
    platform: platform("platform"),
    appVersion: text("app_version"),
    activatedAt: instant("activated_at").notNull(),
    lastSeenAt: instant("last_seen_at").notNull(),
    deactivatedAt: instant("deactivated_at"),
    bannedAt: instant("banned_at"),
  },
  (table) => [
    uniqueIndex("machines_one_active")
      .on(table.licenseId, table.fingerprint)
      .where(sql`${table.deactivatedAt} is null`),
    // For those who seek a barred machine as well, which may be deactivated.
    index("machines_fingerprint").on(table.licenseId, table.fingerprint),
    index("machines_tenant").on(table.organizationId, table.licenseId),
  ],
);

export const sessionEndReason = pgEnum("session_end_reason", [
  "released",
  "expired",
  "ended_by_member",
  "ended_by_staff",
  "machine_deactivated",
  "license_suspended",
  "license_revoked",
  "license_expired",
  "seats_reduced",
]);

/** One holding of a seat by one machine; rows whose `endedAt` is null may be live. */
export const sessions = pgTable(
  "sessions",
  {
    organizationId: tenantId(),
    id: primaryId(),
    licenseId: uuid("license_id")
      .notNull()
      .references(() => licenses.id),
    machineId: uuid("machine_id")
      .notNull()
      .references(() => machines.id),
    startedAt: instant("started_at").notNull(),
    lastHeartbeatAt: instant("last_heartbeat_at").notNull(),
    expiresAt: instant("expires_at").notNull(),
    seq: bigint("seq", { mode: "number" }).notNull().default(1),
    endedAt: instant("ended_at"),
    endReason: sessionEndReason("end_reason"),
    address: text("address"),
    userAgent: text("user_agent"),
    appVersion: text("app_version"),
  },
  (table) => [
    uniqueIndex("sessions_one_per_machine")
      .on(table.licenseId, table.machineId)
      .where(sql`${table.endedAt} is null`),
    // For those who look through all that hold a seat: history is many times as long. It goes by the reason, which is
    // null as long as `ended_at`, so that PostgreSQL never takes it for statements on one license: by statistics of a
    // small table it would, and read the seats of all licenses.
    index("sessions_live")
      .on(table.id)
      .where(sql`${table.endReason} is null`),
    index("sessions_history").on(table.licenseId, table.startedAt, table.id),
    index("sessions_tenant").on(table.organizationId, table.licenseId),
    check("sessions_end", sql`(${table.endedAt} is null) = (${table.endReason} is null)`),
  ],
);
