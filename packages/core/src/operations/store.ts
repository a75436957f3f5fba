import { eventTypes } from "@latchkey/contracts";
import type { EventType, JobRunStatus } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { clockAdvances, jobRuns, outboxEvents, sandboxClock } from "@latchkey/db/schema";
import { and, asc, desc, eq, inArray, isNull, lt, ne, or, sql } from "drizzle-orm";
import { z } from "zod";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

const unfinished: readonly JobRunStatus[] = ["queued", "running", "retrying"];
const carrierColumns = { runId: jobRuns.id, job: jobRuns.job };

/** What a carrier must know of a run: everything else is read when it starts. */
export interface CarriedRun {
  readonly runId: string;
  readonly job: string;
}

export interface NewRun {
  readonly job: string;
  /** What makes the run one of a kind: it is made once per job and key. */
  readonly runKey: string;
  readonly target: string;
  readonly payload: Record<string, unknown>;
  readonly eventId: string | null;
}

export interface WaitingEvent {
  readonly id: string;
  readonly type: EventType;
}

/** A worker relays what it knows; an event that a newer node wrote waits for a worker that knows it. */
const isWaiting = () =>
  and(isNull(outboxEvents.relayedAt), inArray(outboxEvents.type, [...eventTypes]));

/** Takes waiting events in their order; those that another worker holds are left to it. */
export const lockWaitingEvents = async (tx: Tx, limit: number): Promise<WaitingEvent[]> =>
  tx.db
    .select({ id: outboxEvents.id, type: outboxEvents.type })
    .from(outboxEvents)
    .where(isWaiting())
    .orderBy(asc(outboxEvents.id))
    .limit(limit)
    .for("update", { skipLocked: true });

export const markRelayed = async (tx: Tx, ids: readonly string[]): Promise<void> => {
  if (ids.length === 0) return;
  await tx.db
    .update(outboxEvents)
    .set({ relayedAt: tx.now })
    .where(inArray(outboxEvents.id, [...ids]));
};

/** Remembers runs and answers those that are new. */
export const insertRuns = async (tx: Tx, runs: readonly NewRun[]): Promise<CarriedRun[]> =>
  runs.length === 0
    ? []
    : tx.db
        .insert(jobRuns)
        .values(runs.map((run) => ({ ...run, status: "queued" as const, queuedAt: tx.now })))
        .onConflictDoNothing({ target: [jobRuns.job, jobRuns.runKey] })
        .returning(carrierColumns);

/** Puts those of the runs back in the queue that ended so long ago, by real time; their tries count on. */
export const requeueEndedRuns = async (
  tx: Tx,
  runs: readonly Pick<NewRun, "job" | "runKey">[],
  restSeconds: number,
): Promise<CarriedRun[]> => {
  const wanted = runs.map(({ job, runKey }) => sql`(${job}, ${runKey})`);
  return tx.db
    .update(jobRuns)
    .set({ status: "queued", finishedAt: null, touchedAt: sql`clock_timestamp()` })
    .where(
      and(
        sql`(${jobRuns.job}, ${jobRuns.runKey}) in (${sql.join(wanted, sql`, `)})`,
        inArray(jobRuns.status, ["succeeded", "failed"]),
        lt(jobRuns.touchedAt, sql`clock_timestamp() - make_interval(secs => ${restSeconds})`),
      ),
    )
    .returning(carrierColumns);
};

export const startRun = async (tx: Tx, runId: string) => {
  const [row] = await tx.db
    .update(jobRuns)
    .set({
      status: "running",
      attempts: sql`${jobRuns.attempts} + 1`,
      startedAt: tx.now,
      touchedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(jobRuns.id, runId), inArray(jobRuns.status, ["queued", "retrying"])))
    .returning({
      ...carrierColumns,
      target: jobRuns.target,
      payload: jobRuns.payload,
      attempt: jobRuns.attempts,
    });
  return row ?? null;
};

/** Moves a run on, unless it was taken from this attempt meanwhile. */
export const endAttempt = async (
  tx: Tx,
  { runId, attempt }: { readonly runId: string; readonly attempt: number },
  outcome: { status: "succeeded" | "retrying" | "failed"; lastError?: string },
): Promise<void> => {
  await tx.db
    .update(jobRuns)
    .set({
      ...outcome,
      finishedAt: outcome.status === "retrying" ? null : tx.now,
      touchedAt: sql`clock_timestamp()`,
    })
    .where(
      and(eq(jobRuns.id, runId), eq(jobRuns.attempts, attempt), eq(jobRuns.status, "running")),
    );
};

export const touchRuns = async (tx: Tx, runIds: readonly string[]): Promise<void> => {
  if (runIds.length === 0) return;
  await tx.db
    .update(jobRuns)
    .set({ touchedAt: sql`clock_timestamp()` })
    .where(and(inArray(jobRuns.id, [...runIds]), eq(jobRuns.status, "running")));
};

/** Puts unfinished runs that were silent for so long, by real time, back in the queue. */
export const requeueSilentRuns = async (
  tx: Tx,
  silentSeconds: number,
  limit: number,
): Promise<CarriedRun[]> => {
  const silent = tx.db
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(
      and(
        inArray(jobRuns.status, [...unfinished]),
        lt(jobRuns.touchedAt, sql`clock_timestamp() - make_interval(secs => ${silentSeconds})`),
      ),
    )
    .orderBy(asc(jobRuns.touchedAt))
    .limit(limit)
    .for("update", { skipLocked: true });
  return tx.db
    .update(jobRuns)
    .set({
      status: sql`case ${jobRuns.status} when 'running' then 'queued' else ${jobRuns.status} end`,
      touchedAt: sql`clock_timestamp()`,
    })
    .where(inArray(jobRuns.id, silent))
    .returning(carrierColumns);
};

const Quiet = z.tuple([z.object({ quiet: z.boolean() })]);

/** Tries after which a failing run, which then waits for minutes, holds up nobody who waits for quiet. */
const triesBeforeQuiet = 3;

export const isQuiet = async (tx: Tx): Promise<boolean> => {
  const event = tx.db.select({ id: outboxEvents.id }).from(outboxEvents).where(isWaiting());
  const run = tx.db
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(
      and(
        inArray(jobRuns.status, [...unfinished]),
        or(ne(jobRuns.status, "retrying"), lt(jobRuns.attempts, triesBeforeQuiet)),
      ),
    );
  const rows = await tx.db.execute(
    sql`select not exists (${event}) and not exists (${run}) as quiet`,
  );
  return Quiet.parse([...rows])[0].quiet;
};

/** Whether a run of the job is still to be done. */
export const hasUnfinishedRuns = async (tx: Tx, job: string): Promise<boolean> => {
  const rows = await tx.db
    .select({ id: jobRuns.id })
    .from(jobRuns)
    .where(and(eq(jobRuns.job, job), inArray(jobRuns.status, [...unfinished])))
    .limit(1);
  return rows.length > 0;
};

export const listRuns = async (
  tx: Tx,
  filter: { readonly status: JobRunStatus | undefined },
  after: Position | null,
  limit: number,
) =>
  tx.db
    .select()
    .from(jobRuns)
    .where(
      and(
        filter.status && eq(jobRuns.status, filter.status),
        olderThan(jobRuns.queuedAt, jobRuns.id, after),
      ),
    )
    .orderBy(desc(jobRuns.queuedAt), desc(jobRuns.id))
    .limit(limit);

export const insertClockAdvance = async (tx: Tx, advanceTo: Date): Promise<string> => {
  const [row] = await tx.db
    .insert(clockAdvances)
    .values({ advanceTo, status: "waiting" })
    .returning({ id: clockAdvances.id });
  if (row === undefined) throw new Error("PostgreSQL returned no clock advance.");
  return row.id;
};

export const getClockAdvance = async (tx: Tx, id: string) => {
  const [row] = await tx.db.select().from(clockAdvances).where(eq(clockAdvances.id, id));
  if (row === undefined) throw new Error(`The clock advance ${id} is gone.`);
  return row;
};

export const findWaitingClockAdvance = async (tx: Tx) => {
  const [row] = await tx.db
    .select({ id: clockAdvances.id, advanceTo: clockAdvances.advanceTo })
    .from(clockAdvances)
    .where(eq(clockAdvances.status, "waiting"))
    .orderBy(asc(clockAdvances.requestedAt), asc(clockAdvances.id))
    .limit(1);
  return row ?? null;
};

/** Ends an advance and wakes whoever waits for it. */
export const finishClockAdvance = async (
  tx: Tx,
  id: string,
  error: string | null,
): Promise<void> => {
  await tx.db
    .update(clockAdvances)
    .set({
      status: error === null ? "done" : "failed",
      error,
      finishedAt: sql`clock_timestamp()`,
    })
    .where(and(eq(clockAdvances.id, id), eq(clockAdvances.status, "waiting")));
  await tx.db.execute(sql`select pg_notify('latchkey_clock', '')`);
};

/** Sets the clock to an instant, unless it is there or past it already. */
export const moveClock = async (tx: Tx, to: Date): Promise<void> => {
  // As latchkey_now() truncates, so that it reads `to` or later at once, and whole milliseconds.
  const ahead = sql`greatest(interval '0',
    ${to.toISOString()}::timestamptz - date_trunc('milliseconds', clock_timestamp()))`;
  await tx.db
    .insert(sandboxClock)
    .values({ ahead })
    .onConflictDoUpdate({
      target: sandboxClock.onlyRow,
      set: { ahead: sql`greatest(${sandboxClock.ahead}, excluded.ahead)` },
    });
};
