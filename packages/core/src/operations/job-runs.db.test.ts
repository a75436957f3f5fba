import { UserId } from "@latchkey/contracts";
import { newId, transact } from "@latchkey/db";
import { jobRuns, outboxEvents } from "@latchkey/db/schema";
import { callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";
import { emit } from "../events/emit.ts";
import type { WaitingEvent } from "./index.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const system = systemCall("test");
const plan = ({ id, type }: WaitingEvent) =>
  type === "user.signed_up" ? [{ job: "greet", payload: { eventId: id } }] : [];

const emitSignUps = (count: number): Promise<string[]> =>
  transact(made.database, { kind: "system" }, async (tx) => {
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) {
      const payload = { userId: UserId.parse(newId()) };
      ids.push(await emit(tx, system, { type: "user.signed_up", organizationId: null, payload }));
    }
    return ids;
  });

const runOf = async (runId: string) => {
  const [row] = await made.database.drizzle.select().from(jobRuns).where(eq(jobRuns.id, runId));
  if (row === undefined) throw new Error("no such run");
  return row;
};

const aRun = async (): Promise<string> => {
  const request = { job: "greet", runKey: newId(), target: "test", payload: {} };
  const [run] = await made.core.operations.requestRuns(system, [request]);
  if (run === undefined) throw new Error("no run was made");
  return run.runId;
};

const silence = (runId: string, seconds: number) =>
  made.database.sql`
    update job_runs set touched_at = clock_timestamp() - make_interval(secs => ${seconds})
    where id = ${runId}`;

describe("relayEvents", () => {
  test("makes one run per event and reaction, however many relays there are at once", async () => {
    const { operations } = made.core;
    const emitted = await emitSignUps(50);
    const relays = await Promise.all(
      Array.from({ length: 8 }, () => operations.relayEvents(system, { plan, limit: 20 })),
    );
    while ((await operations.relayEvents(system, { plan, limit: 20 })).relayed > 0);
    const runs = await made.database.drizzle
      .select({ runKey: jobRuns.runKey, job: jobRuns.job })
      .from(jobRuns);
    expect(runs.map(({ runKey }) => runKey).toSorted()).toEqual(emitted.toSorted());
    expect(relays.flatMap(({ runs: carried }) => carried).length).toBeLessThanOrEqual(50);
  });

  test("leaves every event waiting when its runs cannot be remembered", async () => {
    const { operations } = made.core;
    const [id] = await emitSignUps(1);
    const broken = operations.relayEvents(system, {
      limit: 20,
      plan: () => {
        throw new Error("broken plan");
      },
    });
    await expect(broken).rejects.toThrow("broken plan");
    expect(await operations.isQuiet(system)).toBe(false);
    const { runs } = await operations.relayEvents(system, { plan, limit: 20 });
    expect(runs).toMatchObject([{ job: "greet" }]);
    expect((await runOf(runs[0]?.runId ?? "")).eventId).toBe(id);
  });

  test("leaves an event of a type that it does not know to a newer worker", async () => {
    const { operations } = made.core;
    const id = newId();
    await transact(made.database, { kind: "system" }, ({ db, now }) =>
      db.execute(`insert into outbox_events (id, type, payload, occurred_at)
        values ('${id}', 'moon.landed', '{}', '${now.toISOString()}')`),
    );
    expect((await operations.relayEvents(system, { plan, limit: 20 })).relayed).toBe(0);
    const [event] = await transact(made.database, { kind: "system" }, ({ db }) =>
      db.select().from(outboxEvents).where(eq(outboxEvents.id, id)),
    );
    expect(event?.relayedAt).toBeNull();
  });
});

describe("a run", () => {
  test("is asked for once per job and key", async () => {
    const { operations } = made.core;
    const request = { job: "greet", runKey: newId(), target: "test", payload: { n: 1 } };
    const answers = await Promise.all(
      [1, 2, 3].map(() => operations.requestRuns(system, [request])),
    );
    expect(answers.flat()).toHaveLength(1);
  });

  test("is started by one of many at once, and not again when it is done", async () => {
    const { operations } = made.core;
    const runId = await aRun();
    const starts = await Promise.all(
      Array.from({ length: 5 }, () => operations.startRun(system, { runId })),
    );
    const [started, ...others] = starts.filter((start) => start !== null);
    expect(others).toEqual([]);
    expect(started).toMatchObject({ runId, job: "greet", attempt: 1 });
    await operations.succeedRun(system, { runId, attempt: 1 });
    expect(await operations.startRun(system, { runId })).toBeNull();
    expect(await runOf(runId)).toMatchObject({ status: "succeeded", attempts: 1 });
  });

  test("is tried again after a failure, until the last one", async () => {
    const { operations } = made.core;
    const runId = await aRun();
    await operations.startRun(system, { runId });
    await operations.failRun(system, { runId, attempt: 1, error: "down", final: false });
    expect(await runOf(runId)).toMatchObject({ status: "retrying", finishedAt: null });
    expect(await operations.startRun(system, { runId })).toMatchObject({ attempt: 2 });
    await operations.failRun(system, { runId, attempt: 2, error: "x".repeat(9_999), final: true });
    const failed = await runOf(runId);
    expect(failed).toMatchObject({ status: "failed", attempts: 2 });
    expect(failed.finishedAt).toBeInstanceOf(Date);
    expect(failed.lastError).toHaveLength(2_000);
    expect(await operations.startRun(system, { runId })).toBeNull();
  });

  test("that fell silent is carried again once, and what its first worker reports is void", async () => {
    const { operations } = made.core;
    const runId = await aRun();
    await operations.startRun(system, { runId });
    const sweep = () => operations.requeueStalledRuns(system, { silentSeconds: 60, limit: 100 });
    expect(await sweep()).toEqual([]);
    await silence(runId, 61);
    expect(await Promise.all([sweep(), sweep()]).then((runs) => runs.flat())).toEqual([
      { runId, job: "greet" },
    ]);
    expect(await operations.startRun(system, { runId })).toMatchObject({ attempt: 2 });
    await operations.failRun(system, { runId, attempt: 1, error: "late", final: true });
    expect(await runOf(runId)).toMatchObject({ status: "running", lastError: null });
  });

  test("that is worked on is not silent", async () => {
    const { operations } = made.core;
    const runId = await aRun();
    await operations.startRun(system, { runId });
    await silence(runId, 61);
    await operations.touchRuns(system, [runId]);
    expect(await operations.requeueStalledRuns(system, { silentSeconds: 60, limit: 100 })).toEqual(
      [],
    );
  });
});

describe("a run for a row that stays due", () => {
  const request = { job: "greet", runKey: "row 1", target: "row 1", payload: {} };
  const ask = () => made.core.operations.requestRuns(system, [request]);
  const attempt = async (runId: string, final: boolean) => {
    const started = await made.core.operations.startRun(system, { runId });
    if (started === null) throw new Error("the run did not start");
    await made.core.operations.failRun(system, { ...started, error: "away", final });
    return started.attempt;
  };

  test("is tried once more an hour after its last try failed, and again each hour", async () => {
    const [first] = await ask();
    const runId = first?.runId ?? "";
    expect(await attempt(runId, true)).toBe(1);
    for (const next of [2, 3]) {
      await silence(runId, 3_500);
      expect(await ask()).toEqual([]);
      await silence(runId, 3_700);
      const asked = await Promise.all([ask(), ask(), ask()]);
      expect(asked.flat()).toEqual([{ runId, job: "greet" }]);
      expect(await runOf(runId)).toMatchObject({ status: "queued", finishedAt: null });
      expect(await attempt(runId, true)).toBe(next);
    }
    expect(await runOf(runId)).toMatchObject({ status: "failed", attempts: 3, lastError: "away" });
  });

  test("is left alone while it waits or works, however long", async () => {
    const other = { ...request, runKey: "row 2" };
    const [first] = await made.core.operations.requestRuns(system, [other]);
    const runId = first?.runId ?? "";
    await silence(runId, 9_000);
    expect(await made.core.operations.requestRuns(system, [other])).toEqual([]);
    await attempt(runId, false);
    await silence(runId, 9_000);
    expect(await made.core.operations.requestRuns(system, [other])).toEqual([]);
    expect(await runOf(runId)).toMatchObject({ status: "retrying" });
    await attempt(runId, true);
  });
});

test("there is quiet when what is left has failed three times and waits", async () => {
  const { operations } = made.core;
  await made.database.sql`update job_runs set status = 'succeeded' where status <> 'failed'`;
  const runId = await aRun();
  for (const attempt of [1, 2, 3]) {
    expect(await operations.isQuiet(system)).toBe(false);
    await operations.startRun(system, { runId });
    expect(await operations.isQuiet(system)).toBe(false);
    await operations.failRun(system, { runId, attempt, error: "away", final: false });
  }
  expect(await operations.isQuiet(system)).toBe(true);
  await operations.startRun(system, { runId });
  expect(await operations.isQuiet(system)).toBe(false);
  await operations.succeedRun(system, { runId, attempt: 4 });
});

test("there is quiet when everything is done or has finally failed", async () => {
  const { operations } = made.core;
  await made.database.sql`update job_runs set status = 'succeeded' where status <> 'failed'`;
  expect(await operations.isQuiet(system)).toBe(true);
  const runId = await aRun();
  expect(await operations.isQuiet(system)).toBe(false);
  expect(await operations.hasUnfinishedRuns(system, { job: "greet" })).toBe(true);
  expect(await operations.hasUnfinishedRuns(system, { job: "another" })).toBe(false);
  await operations.startRun(system, { runId });
  await operations.failRun(system, { runId, attempt: 1, error: "no", final: true });
  expect(await operations.isQuiet(system)).toBe(true);
  expect(await operations.hasUnfinishedRuns(system, { job: "greet" })).toBe(false);
});

describe("staff", () => {
  const by = (role: "admin" | "viewer") =>
    callBy({ kind: "staff", userId: newId(), email: "staff@latchkey.test", role });

  test("see every run in pages, newest first", async () => {
    const { operations } = made.core;
    const whole = await operations.listRuns(by("viewer"), { limit: 100 });
    const first = await operations.listRuns(by("viewer"), { limit: 7 });
    const cursor = first.nextCursor ?? undefined;
    const second = await operations.listRuns(by("viewer"), { limit: 7, cursor });
    expect([...first.items, ...second.items]).toEqual(whole.items.slice(0, 14));
    const failed = await operations.listRuns(by("viewer"), { limit: 100, status: "failed" });
    expect(failed.items.length).toBeGreaterThan(0);
    expect(failed.items.every(({ status }) => status === "failed")).toBe(true);
  });

  test("alone see runs, and the house alone moves them", async () => {
    const { operations } = made.core;
    const forbidden = { code: "FORBIDDEN" };
    await expect(operations.listRuns(system, { limit: 1 })).rejects.toMatchObject(forbidden);
    await expect(operations.startRun(by("admin"), { runId: newId() })).rejects.toMatchObject(
      forbidden,
    );
    await expect(
      operations.listRuns(callBy({ kind: "anonymous" }), { limit: 1 }),
    ).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  });
});
