import { newId, transact } from "@latchkey/db";
import {
  auditEntries,
  checkoutSessions,
  gatewayCustomers,
  jobRuns,
  paymentMethods,
  sessions,
  subscriptions,
} from "@latchkey/db/schema";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { jobs } from "./jobs/index.ts";
import { startWorker } from "./worker.ts";
import type { RunningWorker, WorkerOptions } from "./worker.ts";

const day = 86_400_000;
const timing = { pollMs: 100, silentSeconds: 2, sweepMs: 500 };
const anyone = callBy({ kind: "anonymous" });
const admin = callBy({
  kind: "staff",
  userId: newId(),
  email: "staff@latchkey.test",
  role: "admin",
});

let made: TestCore;
let workers: RunningWorker[];
const start = (options: Partial<WorkerOptions> = {}): RunningWorker => {
  const { core, deps, redisUrl } = made;
  const worker = startWorker({ core, deps, redisUrl, timing, ...options });
  workers.push(worker);
  return worker;
};
beforeEach(async () => {
  made = await createTestCore();
  workers = [];
});
afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop(5_000)));
  await made.close();
});

const seeAll = { kind: "system" } as const;
const now = async () => new Date((await made.core.operations.readClock(admin)).now);
const advanceTo = (instant: Date) =>
  made.core.operations.advanceClock(admin, { advanceTo: instant.toISOString() });

/** A customer who tries the starter plan, and the key that they got. */
const aTrial = async () => {
  const customer = await aCustomer(made);
  const { id } = await made.core.billing.createCheckout(customer.call, {
    plan: "starter",
    interval: "month",
    trial: true,
  });
  const startedAt = await now();
  const found = await made.core.billing.getCheckout(customer.call, { checkoutSessionId: id });
  const { licenseKey = "", licenseId = "" } = found;
  return { ...customer, startedAt, licenseKey, licenseId };
};

/** A customer who paid a month of the starter plan with a test card. */
const aPaidMonth = async () => {
  const customer = await aCustomer(made);
  const { id } = await made.core.billing.createCheckout(customer.call, {
    plan: "starter",
    interval: "month",
    trial: false,
  });
  const pay = { checkoutSessionId: id, card: "pm_card_visa", authenticated: false };
  await made.core.billing.paySandboxCheckout(anyone, pay);
  const found = await made.core.billing.getCheckout(customer.call, { checkoutSessionId: id });
  const { licenseId = "" } = found;
  const { expiresAt } = await made.core.licensing.getLicense(customer.call, { licenseId });
  return { ...customer, expiresAt };
};

/** Gives the only subscription of this test's database a card to pay with. */
const payTrialWith = ({ organizationId }: { organizationId: string }, methodReference: string) =>
  transact(made.database, seeAll, async ({ db }) => {
    const card = { gateway: "sandbox", methodReference } as const;
    const [method] = await db
      .insert(paymentMethods)
      .values({ ...card, organizationId, brand: "visa", lastFour: "4242" })
      .returning();
    await db
      .insert(gatewayCustomers)
      .values({ organizationId, gateway: "sandbox", customerReference: "cus_test" })
      .onConflictDoNothing();
    await db.update(subscriptions).set({ paymentMethodId: method?.id });
  });

const holdSeat = async (licenseKey: string): Promise<string> => {
  const fingerprint = `linux:${newId()}`;
  await made.core.licensing.activateMachine(anyone, { licenseKey, fingerprint });
  const { session } = await made.core.licensing.acquireSeat(anyone, { licenseKey, fingerprint });
  return session.id;
};

const audited = async (actions: readonly string[]) => {
  const entries = await transact(made.database, seeAll, ({ db }) => db.select().from(auditEntries));
  return entries
    .filter(({ action }) => actions.includes(action))
    .toSorted((one, other) => one.at.getTime() - other.at.getTime());
};

const sessionRow = async (sessionId: string) => {
  const rows = await transact(made.database, seeAll, ({ db }) => db.select().from(sessions));
  return rows.find(({ id }) => id === sessionId);
};

const trialMails = ["Your Latch trial key", "Your Latch trial has ended"];
const mailsTo = (email: string): string[] =>
  made.sentMails.filter(({ to }) => to === email).map(({ subject }) => subject);

test(
  "one advance does all that falls due on the way, in order and each at its time",
  { timeout: 90_000 },
  async () => {
    start();
    const early = await aTrial();
    const sessionId = await holdSeat(early.licenseKey);
    const idle = await aCustomer(made);
    const { expiresAt: closesAt } = await made.core.billing.createCheckout(idle.call, {
      plan: "pro",
      interval: "month",
      trial: false,
    });
    const paying = await aPaidMonth();
    await made.advance(day / 1_000);
    const late = await aTrial();
    await advanceTo(new Date((await now()).getTime() + 40 * day));

    const session = await sessionRow(sessionId);
    expect(session).toMatchObject({ endReason: "expired" });
    const checkouts = await transact(made.database, seeAll, ({ db }) =>
      db.select().from(checkoutSessions),
    );
    const checkout = checkouts.find(({ organizationId }) => organizationId === idle.organizationId);
    expect(checkout?.status).toBe("expired");

    const ends = await audited(["checkout.expire", "subscription.cancel", "license.expire"]);
    expect(ends.map(({ organizationId }) => organizationId)).toEqual([
      idle.organizationId,
      early.organizationId,
      late.organizationId,
      paying.organizationId,
    ]);
    const dueAt = [
      Date.parse(closesAt),
      early.startedAt.getTime() + 14 * day,
      late.startedAt.getTime() + 14 * day,
      // A license waits a day for its subscription's word.
      Date.parse(paying.expiresAt ?? "") + day,
    ];
    // The clock runs on while the work is done: seconds, where the instants are days apart.
    for (const [n, { at }] of ends.entries()) {
      expect(Math.abs(at.getTime() - (dueAt[n] ?? 0))).toBeLessThan(60_000);
    }
    expect(mailsTo(paying.email)).toEqual([
      "Your Latch license key",
      "Your Latch license has expired",
    ]);
    for (const trial of [early, late]) {
      const { status } = await made.core.licensing.getLicense(trial.call, {
        licenseId: trial.licenseId,
      });
      expect(status).toBe("expired");
      expect(mailsTo(trial.email)).toEqual(trialMails);
    }
  },
);

test("a trial that is paid at its end never expires on the way", async () => {
  start();
  start();
  const trial = await aTrial();
  await payTrialWith(trial, "pm_card_visa");
  await advanceTo(new Date((await now()).getTime() + 20 * day));
  expect(
    await audited(["license.expire", "license.reinstate", "subscription.end_trial"]),
  ).toMatchObject([{ action: "subscription.end_trial" }]);
  const { licenseId } = trial;
  const { status } = await made.core.licensing.getLicense(trial.call, { licenseId });
  expect(status).toBe("active");
});

test("a trial that no retry could end, since the provider was away, is ended an hour later", async () => {
  start({ jobs: jobs.map((job) => ({ ...job, retry: { attempts: 1, firstWaitMs: 1 } })) });
  const trial = await aTrial();
  await payTrialWith(trial, "pm_card_gatewayUnavailable");
  await made.advance((15 * day) / 1_000);
  const runOfTrial = async () => {
    const runs = await made.database.drizzle.select().from(jobRuns);
    return runs.find(({ job }) => job === "end-trial");
  };
  await expect.poll(async () => (await runOfTrial())?.status, { timeout: 20_000 }).toBe("failed");
  await payTrialWith(trial, "pm_card_visa");
  await made.database.sql`
    update job_runs set touched_at = clock_timestamp() - interval '61 minutes'`;
  await expect
    .poll(runOfTrial, { timeout: 20_000 })
    .toMatchObject({ status: "succeeded", attempts: 2 });
  const { status } = await made.core.licensing.getLicense(trial.call, {
    licenseId: trial.licenseId,
  });
  expect(status).toBe("active");
});

test("what is due happens by itself, with nobody advancing the clock", async () => {
  const trial = await aTrial();
  const sessionId = await holdSeat(trial.licenseKey);
  await made.advance((15 * day) / 1_000);
  start();
  start();
  await expect
    .poll(
      async () =>
        (await made.core.licensing.getLicense(trial.call, { licenseId: trial.licenseId })).status,
      { timeout: 20_000 },
    )
    .toBe("expired");
  await expect.poll(() => mailsTo(trial.email), { timeout: 20_000 }).toEqual(trialMails);
  const session = await sessionRow(sessionId);
  expect(session?.endedAt).toBeInstanceOf(Date);
  expect(await audited(["subscription.cancel"])).toHaveLength(1);
});

test("an advance goes on where a stopped worker left it", async () => {
  const first = start();
  await aTrial();
  const target = new Date((await now()).getTime() + 30 * day);
  const advancing = advanceTo(target);
  await first.stop(5_000);
  start();
  expect(new Date((await advancing).now).getTime()).toBeGreaterThanOrEqual(target.getTime());
});
