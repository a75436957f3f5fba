import { setTimeout as sleep } from "node:timers/promises";
import { DomainError, UserId } from "@latchkey/contracts";
import type { EventType } from "@latchkey/contracts";
import { createCore, systemCall } from "@latchkey/core";
import { newId, transact } from "@latchkey/db";
import { jobRuns, mails, outboxEvents } from "@latchkey/db/schema";
import { aCustomer, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { defineJob } from "./job.ts";
import type { Job } from "./job.ts";
import { reactions as usualReactions } from "./reactions.ts";
import type { Reactions } from "./reactions.ts";
import { startWorker } from "./worker.ts";
import type { RunningWorker, WorkerOptions } from "./worker.ts";

const timing = { pollMs: 100, silentSeconds: 1, sweepMs: 200 };

let made: TestCore;
let running: RunningWorker[];
beforeEach(async () => {
  made = await createTestCore();
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((worker) => worker.stop(5_000)));
  await made.close();
});

/** The usual reactions but for the one event that these tests emit. */
const reactTo = (react: Reactions[EventType]): Reactions => ({
  ...usualReactions,
  "user.signed_up": react,
});

/** A job that does `work` with the id of the event that asked for it. */
const jobThat = (
  work: (eventId: string) => Promise<void>,
  retry = { attempts: 3, firstWaitMs: 20 },
): Pick<WorkerOptions, "jobs" | "reactions"> => {
  const job = defineJob({
    name: "note",
    payload: z.strictObject({ eventId: z.uuid() }),
    retry,
    run: (_core, _call, { eventId }) => work(eventId),
  });
  return { jobs: [job], reactions: reactTo(({ id }) => [job.request({ eventId: id })]) };
};

const start = (options: Partial<WorkerOptions>): RunningWorker => {
  const { core, deps, redisUrl } = made;
  const worker = startWorker({ core, deps, redisUrl, timing, ...options });
  running.push(worker);
  return worker;
};

const emitSignUps = (count: number): Promise<string[]> =>
  transact(made.database, { kind: "system" }, async ({ db, now }) => {
    const events = Array.from({ length: count }, () => ({
      id: newId(),
      type: "user.signed_up" as const,
      payload: { userId: UserId.parse(newId()) },
      occurredAt: now,
    }));
    await db.insert(outboxEvents).values(events);
    return events.map(({ id }) => id);
  });

const listRuns = () => made.database.drizzle.select().from(jobRuns);
const untilQuiet = async (timeout = 25_000): Promise<void> => {
  const isQuiet = () => made.core.operations.isQuiet(systemCall("test"));
  await expect.poll(isQuiet, { timeout }).toBe(true);
};

describe("an event", () => {
  test("becomes one run that does its job once", async () => {
    const done: string[] = [];
    start(jobThat(async (eventId) => void done.push(eventId)));
    const emitted = await emitSignUps(20);
    await untilQuiet();
    expect(done.toSorted()).toEqual(emitted.toSorted());
    expect(new Set((await listRuns()).map(({ status }) => status))).toEqual(new Set(["succeeded"]));
  });

  test("does its job once when two workers share the work", async () => {
    const done: string[] = [];
    const job = jobThat(async (eventId) => {
      await sleep(2);
      done.push(eventId);
    });
    start(job);
    start({ ...job, core: createCore(made.deps) });
    const emitted = await emitSignUps(200);
    await untilQuiet();
    expect(done.toSorted()).toEqual(emitted.toSorted());
  });

  test("is not lost by a relay that died between its commit and Redis", async () => {
    const done: string[] = [];
    const job = jobThat(async (eventId) => void done.push(eventId));
    const emitted = await emitSignUps(10);
    const { jobs: _, reactions } = job;
    const { runs } = await made.core.operations.relayEvents(systemCall("dead relay"), {
      plan: (event) => reactions?.[event.type](event) ?? [],
      limit: 100,
    });
    expect(runs).toHaveLength(10);
    start(job);
    await untilQuiet();
    expect(done.toSorted()).toEqual(emitted.toSorted());
  });

  test("is seen by polling when nothing notifies", async () => {
    const done: string[] = [];
    start(jobThat(async (eventId) => void done.push(eventId)));
    await made.database.sql.begin(async (sql) => {
      await sql`set local role none`;
      await sql`alter table outbox_events disable trigger wake_relay`;
    });
    const [first] = await emitSignUps(1);
    await untilQuiet();
    expect(done).toEqual([first]);
  });

  test("is heard of again after the listening connection was killed", async () => {
    const done: string[] = [];
    const neverPolling = { ...timing, pollMs: 600_000 };
    start({ ...jobThat(async (eventId) => void done.push(eventId)), timing: neverPolling });
    const listeners = (kill: boolean) =>
      made.database.sql.begin(async (sql) => {
        await sql`set local role none`;
        const found = await sql<{ pid: number }[]>`
          select pid, ${kill} and pg_terminate_backend(pid) as killed from pg_stat_activity
          where datname = current_database() and query ilike 'listen%'`;
        return found.map(({ pid }) => pid);
      });
    await expect.poll(() => listeners(false)).toHaveLength(1);
    const killed = await listeners(true);
    await expect.poll(() => listeners(false), { timeout: 20_000 }).not.toEqual(killed);
    await expect.poll(() => listeners(false), { timeout: 20_000 }).toHaveLength(1);
    const [first] = await emitSignUps(1);
    await untilQuiet();
    expect(done).toEqual([first]);
  });
});

test(
  "Redis emptied in the middle of 200 mails loses none and sends none twice",
  { timeout: 120_000 },
  async () => {
    const { email, userId, call } = await aCustomer(made);
    const renderMail = () => Promise.resolve({ subject: "Hello", text: "Hello", html: "Hello" });
    const core = createCore({ ...made.deps, renderMail });
    start({ core });
    start({ core: createCore({ ...made.deps, renderMail }) });
    await transact(made.database, { kind: "system" }, async (tx) => {
      for (let n = 0; n < 200; n += 1)
        await core.mail.reportRepeatedSignUp({ ...call, tx }, { userId });
    });
    const sent = () => made.sentMails.filter(({ to }) => to === email);
    for (const after of [30, 100]) {
      await expect
        .poll(() => sent().length, { interval: 2, timeout: 20_000 })
        .toBeGreaterThan(after);
      await made.redis.client.flushdb();
    }
    expect(sent().length).toBeLessThan(200);
    await untilQuiet(90_000);
    expect(new Set(sent().map(({ id }) => id)).size).toBe(200);
    expect(sent()).toHaveLength(200);
    const rows = await transact(made.database, { kind: "system" }, ({ db }) =>
      db.select({ status: mails.status, attempts: mails.attempts }).from(mails),
    );
    expect(rows).toEqual(Array.from({ length: 200 }, () => ({ status: "sent", attempts: 1 })));
  },
);

describe("a job that fails", () => {
  test("is tried again and succeeds", async () => {
    let tries = 0;
    start(
      jobThat(async () => {
        tries += 1;
        if (tries < 3) throw new Error("not yet");
      }),
    );
    await emitSignUps(1);
    await untilQuiet();
    expect(await listRuns()).toMatchObject([{ status: "succeeded", attempts: 3 }]);
  });

  test("each time is recorded as failed after its last try, with the reason", async () => {
    start(jobThat(() => Promise.reject(new Error("the provider is gone"))));
    await emitSignUps(1);
    await untilQuiet();
    expect(await listRuns()).toMatchObject([
      { status: "failed", attempts: 3, lastError: "Error: the provider is gone" },
    ]);
  });

  test("for a reason that no retry mends is recorded as failed at once", async () => {
    start(jobThat(() => Promise.reject(new DomainError("NOT_FOUND", {}))));
    await emitSignUps(1);
    await untilQuiet();
    expect(await listRuns()).toMatchObject([{ status: "failed", attempts: 1 }]);
  });

  test("waits longer when the catalogue says that it may succeed later", async () => {
    start(jobThat(() => Promise.reject(new DomainError("UNAVAILABLE", { retryAfterSeconds: 1 }))));
    await emitSignUps(1);
    await untilQuiet();
    expect(await listRuns()).toMatchObject([{ status: "failed", attempts: 3 }]);
  });
});

test("a stopping worker finishes what runs and leaves the rest to the next", async () => {
  const done: string[] = [];
  const job = jobThat(async (eventId) => {
    await sleep(100);
    done.push(eventId);
  });
  const first = start(job);
  const emitted = await emitSignUps(40);
  await expect.poll(() => done.length, { interval: 5 }).toBeGreaterThan(0);
  await first.stop(5_000);
  const stoppedAt = done.length;
  expect(stoppedAt).toBeLessThan(40);
  const runs = await listRuns();
  expect(runs.filter(({ status }) => status === "running")).toEqual([]);
  expect(runs.filter(({ status }) => status === "succeeded")).toHaveLength(stoppedAt);
  start(job);
  await untilQuiet();
  expect(done.toSorted()).toEqual(emitted.toSorted());
});

test("a worker that died at work is replaced, and its run is done", async () => {
  const [eventId] = await emitSignUps(1);
  const done: string[] = [];
  const job = jobThat(async (id) => void done.push(id));
  const system = systemCall("dead worker");
  const { runs } = await made.core.operations.relayEvents(system, {
    plan: (event) => job.reactions?.[event.type](event) ?? [],
    limit: 1,
  });
  await made.core.operations.startRun(system, { runId: runs[0]?.runId ?? "" });
  start(job);
  await untilQuiet();
  expect(done).toEqual([eventId]);
  expect(await listRuns()).toMatchObject([{ status: "succeeded", attempts: 2 }]);
});

test("a job that this worker does not know waits for one that does", async () => {
  const known: Job[] = [];
  const { jobs, reactions } = jobThat(async () => undefined);
  start({ jobs: known, ...(reactions && { reactions }) });
  await emitSignUps(1);
  await expect.poll(async () => (await listRuns())[0]?.attempts).toBeGreaterThan(0);
  expect((await listRuns())[0]?.status).not.toBe("failed");
  start({ ...(jobs && { jobs }), ...(reactions && { reactions }) });
  await expect
    .poll(async () => (await listRuns())[0]?.status, { timeout: 20_000 })
    .toBe("succeeded");
});
