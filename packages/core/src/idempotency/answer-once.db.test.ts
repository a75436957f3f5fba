import { DomainError, isDomainError } from "@latchkey/contracts";
import { createTestCore, aCustomer, callBy } from "@latchkey/testing/test-core";
import type { Customer, TestCore } from "@latchkey/testing/test-core";
import { idempotencyKeys, organizations } from "@latchkey/db/schema";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { createIdempotency } from "./index.ts";
import type { KeyedRequest } from "./answer-once.ts";

let world: TestCore;
let customer: Customer;
beforeAll(async () => {
  world = await createTestCore();
  customer = await aCustomer(world);
});
afterAll(() => world.close());

let keys = 0;
const aRequest = (changes: Partial<KeyedRequest> = {}): KeyedRequest => ({
  key: `key-${(keys += 1)}`,
  mode: "transaction",
  procedure: "organizations.rename",
  access: "member",
  input: { name: "New" },
  ...changes,
});

/** Two processes: each has its own memory of what is running. */
const aProcess = () => createIdempotency(world.deps);

/** A verb that adds a letter to the organization's name, so that running twice shows. */
const addLetter = async (call: Call) => {
  await inTransaction(world.database, call, ({ db }) =>
    db
      .update(organizations)
      .set({ name: sql`${organizations.name} || 'x'` })
      .where(eq(organizations.id, customer.organizationId)),
  );
  return { done: true };
};
const nameOf = () =>
  inTransaction(world.database, systemCall("test"), async ({ db }) => {
    const [row] = await db
      .select({ name: organizations.name })
      .from(organizations)
      .where(eq(organizations.id, customer.organizationId));
    return row?.name ?? "";
  });
const rowsOf = ({ key }: KeyedRequest) =>
  world.database.drizzle.select().from(idempotencyKeys).where(eq(idempotencyKeys.key, key));
const age = ({ key }: KeyedRequest, seconds: number) =>
  world.database.drizzle
    .update(idempotencyKeys)
    .set({ claimedAt: sql`clock_timestamp() - make_interval(secs => ${seconds})` })
    .where(eq(idempotencyKeys.key, key));

const modes = ["transaction", "converging"] as const;

describe.each(modes)("a request with an idempotency key, %s", (mode) => {
  test("is carried out once and answered alike by twenty repeats on two processes", async () => {
    const request = aRequest({ mode });
    const [one, other] = [aProcess(), aProcess()];
    const before = await nameOf();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 ? one : other).answerOnce(customer.call, request, addLetter),
      ),
    );
    expect(await nameOf()).toBe(`${before}x`);
    expect(new Set(answers.map(({ outcome }) => JSON.stringify(outcome)))).toEqual(
      new Set([JSON.stringify({ answer: { done: true } })]),
    );
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  test("refuses another body and another procedure under the same key", async () => {
    const request = aRequest({ mode });
    const { answerOnce } = aProcess();
    await answerOnce(customer.call, request, addLetter);
    const before = await nameOf();
    for (const change of [{ input: { name: "Other" } }, { procedure: "members.leave" }]) {
      await expect(
        answerOnce(customer.call, { ...request, ...change }, addLetter),
      ).rejects.toSatisfy((error) => isDomainError(error, "CONFLICT"));
    }
    expect(await nameOf()).toBe(before);
  });

  test("keeps the keys of two callers apart", async () => {
    const request = aRequest({ mode });
    const stranger = await aCustomer(world);
    const { answerOnce } = aProcess();
    await answerOnce(customer.call, request, async () => "mine");
    const theirs = await answerOnce(stranger.call, request, async () => "theirs");
    expect(theirs).toEqual({ outcome: { answer: "theirs" }, replayed: false });
  });

  test("repeats a refusal that stays", async () => {
    const request = aRequest({ mode });
    const { answerOnce } = aProcess();
    let runs = 0;
    const refuse = () => {
      runs += 1;
      return Promise.reject(new DomainError("FORBIDDEN", { remedy: "Ask." }, "No."));
    };
    const first = await answerOnce(customer.call, request, refuse);
    const again = await answerOnce(customer.call, request, refuse);
    expect(first.outcome).toMatchObject({ error: { code: "FORBIDDEN", message: "No." } });
    expect(again.outcome).toMatchObject({
      error: { code: "FORBIDDEN", message: "No.", details: { remedy: "Ask." } },
    });
    expect([first.replayed, again.replayed, runs]).toEqual([false, true, 1]);
  });

  test("tries anew after an error that may pass, and after a crash", async () => {
    const request = aRequest({ mode });
    const { answerOnce } = aProcess();
    const passing = new DomainError("UNAVAILABLE", { retryAfterSeconds: 1 });
    for (const error of [passing, new Error("crash")]) {
      const fail = () => Promise.reject(error);
      await expect(answerOnce(customer.call, request, fail)).rejects.toBe(error);
    }
    expect(await rowsOf(request)).toEqual([]);
    expect(await answerOnce(customer.call, request, addLetter)).toMatchObject({ replayed: false });
  });

  test("stores no answer that a dump could tell", async () => {
    const request = aRequest({ mode });
    const work = async () => ({ licenseKey: "LATCH-7K3M-9QXR" });
    await aProcess().answerOnce(customer.call, request, work);
    const [row] = await rowsOf(request);
    expect(row?.answerCiphertext?.toString("latin1")).not.toContain("LATCH");
    expect(await aProcess().answerOnce(customer.call, request, work)).toMatchObject({
      outcome: { answer: { licenseKey: "LATCH-7K3M-9QXR" } },
      replayed: true,
    });
  });

  test("is free again after its day", async () => {
    const request = aRequest({ mode });
    const { answerOnce, forgetAnswers } = aProcess();
    await answerOnce(customer.call, request, addLetter);
    await world.database.drizzle
      .update(idempotencyKeys)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 second'` })
      .where(eq(idempotencyKeys.key, request.key));
    const other = { ...request, input: { name: "Other" } };
    expect(await answerOnce(customer.call, other, addLetter)).toMatchObject({ replayed: false });
    expect(await forgetAnswers(systemCall("test"), { limit: 100 })).toEqual({ forgotten: 0 });
  });
});

test("a refusal undoes what the verb wrote and keeps the claim, in one transaction", async () => {
  const request = aRequest();
  const before = await nameOf();
  await aProcess().answerOnce(customer.call, request, async (call) => {
    await addLetter(call);
    throw new DomainError("FORBIDDEN", {});
  });
  expect(await nameOf()).toBe(before);
  expect(await rowsOf(request)).toHaveLength(1);
});

describe("a claim that a crash left behind", () => {
  const crashed = async () => {
    const request = aRequest({ mode: "converging" });
    let begun = () => {};
    const running = new Promise<void>((resolve) => (begun = resolve));
    void aProcess()
      .answerOnce(customer.call, request, () => {
        begun();
        return new Promise(() => undefined);
      })
      .catch(() => undefined);
    await running;
    return request;
  };

  test("is taken over after a minute, by one of two repeats", async () => {
    const request = await crashed();
    await age(request, 61);
    const before = await nameOf();
    const answers = await Promise.all(
      [aProcess(), aProcess()].map((process) =>
        process.answerOnce(customer.call, request, addLetter),
      ),
    );
    expect(answers.filter(({ replayed }) => replayed)).toHaveLength(1);
    expect(await nameOf()).toBe(`${before}x`);
  });
});

describe("forgetting", () => {
  test("is for the house alone, and takes what is past its day, a few at a time", async () => {
    const { answerOnce, forgetAnswers } = aProcess();
    const requests = [aRequest(), aRequest(), aRequest()];
    for (const request of requests) await answerOnce(customer.call, request, async () => null);
    await world.database.drizzle
      .update(idempotencyKeys)
      .set({ expiresAt: sql`clock_timestamp() - interval '1 second'` });
    await expect(forgetAnswers(callBy({ kind: "anonymous" }), { limit: 2 })).rejects.toSatisfy(
      (error) => isDomainError(error, "FORBIDDEN"),
    );
    expect(await forgetAnswers(systemCall("test"), { limit: 2 })).toEqual({ forgotten: 2 });
  });
});
