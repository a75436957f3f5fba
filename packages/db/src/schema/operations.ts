import { sql } from "drizzle-orm";
import type { EventType } from "@latchkey/contracts";
import {
  boolean,
  index,
  integer,
  interval,
  jsonb,
  pgEnum,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  check,
} from "drizzle-orm/pg-core";
import { bytes, instant, primaryId } from "./columns.ts";

/** Facts waiting to be told: written with the change they report, relayed to jobs afterwards. */
export const outboxEvents = pgTable(
  "outbox_events",
  {
    id: primaryId(),
    type: text("type").$type<EventType>().notNull(),
    organizationId: uuid("organization_id"),
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    requestId: text("request_id"),
    occurredAt: instant("occurred_at").notNull(),
    relayedAt: instant("relayed_at"),
  },
  (table) => [
    index("outbox_events_waiting")
      .on(table.id)
      .where(sql`${table.relayedAt} is null`),
  ],
);

export const jobRunStatus = pgEnum("job_run_status", [
  "queued",
  "running",
  "succeeded",
  "retrying",
  "failed",
]);

/**
 * Every background job and how it stands. Redis carries the jobs, this table remembers them: what is
 * not finished here and is not in Redis either is enqueued again.
 */
export const jobRuns = pgTable(
  "job_runs",
  {
    id: primaryId(),
    job: text("job").notNull(),
    /** What makes the run one of a kind: the event id, or the due row and its due instant. */
    runKey: text("run_key").notNull(),
    target: text("target").notNull(),
    payload: jsonb("payload").$type<Record<string, unknown>>().notNull(),
    eventId: uuid("event_id").references(() => outboxEvents.id),
    status: jobRunStatus("status").notNull(),
    attempts: integer("attempts").notNull().default(0),
    lastError: text("last_error"),
    queuedAt: instant("queued_at").notNull(),
    startedAt: instant("started_at"),
    finishedAt: instant("finished_at"),
    /** Real time, not the sandbox's: tells the sweeper how long a run has been silent. */
    touchedAt: instant("touched_at")
      .notNull()
      .default(sql`clock_timestamp()`),
  },
  (table) => [
    uniqueIndex("job_runs_once").on(table.job, table.runKey),
    index("job_runs_newest").on(table.queuedAt, table.id),
    index("job_runs_unfinished")
      .on(table.touchedAt)
      .where(sql`${table.status} in ('queued', 'running', 'retrying')`),
  ],
);

export const actorKind = pgEnum("actor_kind", [
  "member",
  "user",
  "staff",
  "machine",
  "gateway",
  "system",
  "anonymous",
]);

/** Who did what; append-only by trigger and by grant. */
export const auditEntries = pgTable(
  "audit_entries",
  {
    id: primaryId(),
    at: instant("at").notNull(),
    organizationId: uuid("organization_id"),
    actorKind: actorKind("actor_kind").notNull(),
    actorId: text("actor_id"),
    actorLabel: text("actor_label"),
    action: text("action").notNull(),
    targetKind: text("target_kind").notNull(),
    targetId: text("target_id").notNull(),
    before: jsonb("before").$type<unknown>(),
    after: jsonb("after").$type<unknown>(),
    address: text("address"),
    requestId: text("request_id"),
  },
  (table) => [
    index("audit_entries_newest").on(table.at, table.id),
    index("audit_entries_tenant").on(table.organizationId, table.at),
    index("audit_entries_target").on(table.targetId, table.at),
  ],
);

/** The first answer under an idempotency key, sealed, since answers may carry keys. */
export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    /** Who sent it: keys of two callers never meet. */
    scope: text("scope").notNull(),
    key: text("key").notNull(),
    procedure: text("procedure").notNull(),
    requestHash: bytes("request_hash").notNull(),
    answerCiphertext: bytes("answer_ciphertext"),
    /** Real time, so that advancing the sandbox's clock neither frees nor drops a key. */
    claimedAt: instant("claimed_at")
      .notNull()
      .default(sql`clock_timestamp()`),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.scope, table.key] }),
    index("idempotency_keys_expiry").on(table.expiresAt),
  ],
);

export const mailStatus = pgEnum("mail_status", ["queued", "sent", "failed"]);

/** Every mail with its state. What it says is sealed: it carries license keys and links. */
export const mails = pgTable(
  "mails",
  {
    id: primaryId(),
    organizationId: uuid("organization_id"),
    eventId: uuid("event_id")
      .notNull()
      .references(() => outboxEvents.id),
    template: text("template").notNull(),
    toAddress: text("to_address").notNull(),
    subject: text("subject").notNull(),
    contentCiphertext: bytes("content_ciphertext").notNull(),
    status: mailStatus("status").notNull(),
    attempts: integer("attempts").notNull().default(0),
    lastError: text("last_error"),
    createdAt: instant("created_at").notNull(),
    sentAt: instant("sent_at"),
  },
  (table) => [
    uniqueIndex("mails_once").on(table.eventId, table.template, table.toAddress),
    index("mails_newest").on(table.createdAt, table.id),
    index("mails_to").on(table.toAddress, table.createdAt),
  ],
);

/** The sandbox's distance from real time; no row means none, and it only ever grows. */
export const sandboxClock = pgTable(
  "sandbox_clock",
  {
    onlyRow: boolean("only_row").primaryKey().default(true),
    ahead: interval("ahead").notNull(),
  },
  (table) => [check("sandbox_clock_only_row", sql`${table.onlyRow}`)],
);

export const clockAdvanceStatus = pgEnum("clock_advance_status", ["waiting", "done", "failed"]);

/** Requests to move the sandbox's clock; the worker carries them out one after the other. */
export const clockAdvances = pgTable("clock_advances", {
  id: primaryId(),
  advanceTo: instant("advance_to").notNull(),
  status: clockAdvanceStatus("status").notNull(),
  error: text("error"),
  requestedAt: instant("requested_at")
    .notNull()
    .default(sql`clock_timestamp()`),
  finishedAt: instant("finished_at"),
});
