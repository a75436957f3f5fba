import { setTimeout as sleep } from "node:timers/promises";
import { DomainError } from "@latchkey/contracts";
import { isUnavailable, newId } from "@latchkey/db";
import { clockAdvances } from "@latchkey/db/schema";
import { callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemCall } from "../call.ts";
import { createCore } from "../index.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const system = systemCall("test");
const admin = callBy({
  kind: "staff",
  userId: newId(),
  email: "staff@latchkey.test",
  role: "admin",
});
const now = async () => new Date((await made.core.operations.readClock(admin)).now);
const inDays = async (days: number) => new Date((await now()).getTime() + days * 86_400_000);

test("an advance is answered when the worker has carried it out", async () => {
  const { operations } = made.core;
  const target = await inDays(3);
  const advancing = operations.advanceClock(admin, { advanceTo: target.toISOString() });
  await expect
    .poll(() =>
      operations.claimClockAdvance(system, async ({ advanceTo }) => {
        expect(advanceTo).toEqual(target);
        await operations.moveClock(system, { to: advanceTo });
        return "done";
      }),
    )
    .toBe(true);
  const answered = new Date((await advancing).now);
  expect(answered.getTime()).toBeGreaterThanOrEqual(target.getTime());
  expect(await operations.claimClockAdvance(system, async () => "done")).toBe(false);
});

test("advances are carried out one after the other, by one worker at a time", async () => {
  const { operations } = made.core;
  const targets = [await inDays(1), await inDays(2)];
  for (const advanceTo of targets) {
    await made.database.drizzle.insert(clockAdvances).values({ advanceTo, status: "waiting" });
  }
  const carried: Date[] = [];
  let running = 0;
  const carry = async (): Promise<boolean> =>
    operations.claimClockAdvance(system, async ({ advanceTo }) => {
      running += 1;
      expect(running).toBe(1);
      carried.push(advanceTo);
      await operations.moveClock(system, { to: advanceTo });
      running -= 1;
      return "done";
    });
  await expect
    .poll(async () => {
      await Promise.all([carry(), carry(), carry()]);
      return carried.length;
    })
    .toBe(2);
  expect(carried).toEqual(targets);
});

test("the clock never moves back", async () => {
  const before = await now();
  await made.core.operations.moveClock(system, { to: new Date(before.getTime() - 86_400_000) });
  expect((await now()).getTime()).toBeGreaterThanOrEqual(before.getTime());
});

test("an instant reads as reached at once, in whole milliseconds", async () => {
  for (let n = 1; n <= 20; n += 1) {
    const to = new Date((await inDays(1)).getTime() + n);
    await made.core.operations.moveClock(system, { to });
    expect((await now()).getTime()).toBeGreaterThanOrEqual(to.getTime());
  }
  const [row] = await made.database.sql<{ micros: number }[]>`
    select (extract(microseconds from latchkey_now())::bigint % 1000)::int as micros`;
  expect(row?.micros).toBe(0);
});

test("a failure to carry an advance out is told to who asked", async () => {
  const { operations } = made.core;
  const advancing = operations
    .advanceClock(admin, { advanceTo: (await inDays(1)).toISOString() })
    .catch((error: unknown) => String(error));
  const fail = () => Promise.reject(new Error("broken worker"));
  await expect.poll(() => operations.claimClockAdvance(system, fail)).toBe(true);
  expect(await advancing).toContain("broken worker");
});

test("an advance that a stopping worker interrupts is carried out by the next", async () => {
  const { operations } = made.core;
  const advancing = operations.advanceClock(admin, { advanceTo: (await inDays(1)).toISOString() });
  await expect
    .poll(() => operations.claimClockAdvance(system, async () => "interrupted"))
    .toBe(true);
  const away = new DomainError("UNAVAILABLE", { retryAfterSeconds: 5 });
  await expect(operations.claimClockAdvance(system, () => Promise.reject(away))).rejects.toBe(away);
  expect(await operations.claimClockAdvance(system, async () => "done")).toBe(true);
  await advancing;
});

test("an advance whose worker loses the connection of its claim is not waited for for ever", async () => {
  const { operations } = made.core;
  const advancing = operations.advanceClock(admin, { advanceTo: (await inDays(1)).toISOString() });
  const breakClaim = () =>
    made.database.sql.begin(async (sql) => {
      await sql`set local role none`;
      const broken = await sql`
        select pg_terminate_backend(pid) from pg_locks
        where locktype = 'advisory' and objid = 4700003
          and database = (select oid from pg_database where datname = current_database())`;
      expect(broken).toHaveLength(1);
    });
  let ended = false;
  const claim = async (): Promise<unknown> =>
    operations.claimClockAdvance(system, async () => {
      await breakClaim();
      await sleep(100);
      ended = true;
      return "interrupted";
    });
  await expect.poll(() => claim().catch(isUnavailable)).toBe(true);
  expect(ended).toBe(true);
  await expect.poll(() => operations.claimClockAdvance(system, async () => "done")).toBe(true);
  await advancing;
});

test("more than ten years at once is refused by naming the field", async () => {
  const far = made.core.operations.advanceClock(admin, { advanceTo: "9999-12-31T00:00:00.000Z" });
  await expect(far).rejects.toMatchObject({
    code: "BAD_REQUEST",
    details: { issues: [{ path: ["advanceTo"] }] },
  });
});

test("only a sandbox's clock moves, and only for staff administrators", async () => {
  const settings = { ...made.deps.settings, mode: "production" as const };
  const { operations } = createCore({ ...made.deps, settings });
  const advanceTo = (await inDays(1)).toISOString();
  const missing = { code: "NOT_FOUND" };
  await expect(operations.advanceClock(admin, { advanceTo })).rejects.toMatchObject(missing);
  await expect(operations.readClock(admin)).rejects.toMatchObject(missing);
  await expect(operations.moveClock(system, { to: new Date(advanceTo) })).rejects.toMatchObject(
    missing,
  );
  const support = callBy({
    kind: "staff",
    userId: newId(),
    email: "s@latchkey.test",
    role: "support",
  });
  await expect(made.core.operations.advanceClock(support, { advanceTo })).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});
