import { newId, transact } from "@latchkey/db";
import { gatewayCustomers, paymentMethods, subscriptions } from "@latchkey/db/schema";
import { systemCall } from "@latchkey/core";
import { createRecordingGateway } from "@latchkey/testing/recording-gateway";
import { readBillingRows } from "@latchkey/testing/billing-rows";
import { aCustomer, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const gateway = createRecordingGateway();
const system = systemCall("test");
const fortnight = 14 * 24 * 3600;
let world: TestCore;
beforeAll(async () => {
  world = await createTestCore({ gateways: { sandbox: gateway } });
});
afterAll(() => world.close());
beforeEach(() => {
  gateway.beforeAnswer = () => Promise.resolve();
});

const aTrial = async () => {
  const { organizationId, call } = await aCustomer(world);
  await world.core.billing.createCheckout(call, {
    plan: "starter",
    interval: "month",
    trial: true,
  });
  const rows = () => readBillingRows(world.database, organizationId);
  const { subscriptions: started } = await rows();
  const subscriptionId = started[0]?.id ?? "";
  const end = () => world.core.billing.endTrial(system, { subscriptionId });
  return { organizationId, call, subscriptionId, rows, end };
};

/** A card on file, as the verbs that manage payment methods will store one. */
const aTrialWithCard = async (methodReference: string) => {
  const trial = await aTrial();
  const { organizationId, subscriptionId } = trial;
  const paymentMethodId = newId();
  await transact(world.database, { kind: "system" }, async ({ db }) => {
    const customer = { organizationId, gateway: "sandbox", customerReference: "cus_1" } as const;
    await db.insert(gatewayCustomers).values(customer);
    await db.insert(paymentMethods).values({
      organizationId,
      id: paymentMethodId,
      gateway: "sandbox",
      methodReference,
      brand: "visa",
      lastFour: "4242",
      isDefault: true,
    });
    await db
      .update(subscriptions)
      .set({ paymentMethodId })
      .where(eq(subscriptions.id, subscriptionId));
  });
  return trial;
};

describe("the end of a trial without a card", () => {
  it("cancels the subscription and ends the license, once", async () => {
    const { subscriptionId, rows, end } = await aTrial();
    await world.advance(fortnight);
    const due = await world.core.billing.listDueSubscriptions(system, { limit: 100 });
    expect(due.map(({ id }) => id)).toContain(subscriptionId);
    await Promise.all([end(), end()]);
    await end();
    const after = await rows();
    expect(after.subscriptions).toMatchObject([
      { status: "canceled", canceledAt: expect.any(Date), dueAt: null },
    ]);
    expect(after.licenses).toMatchObject([{ status: "expired" }]);
    const ends = after.events.filter(({ type }) => type === "subscription.canceled");
    expect(ends).toMatchObject([{ payload: { subscriptionId, reason: "trial_ended" } }]);
    expect(after.invoices).toEqual([]);
    const stillDue = await world.core.billing.listDueSubscriptions(system, { limit: 100 });
    expect(stillDue.map(({ id }) => id)).not.toContain(subscriptionId);
  });

  it("changes nothing before it is due", async () => {
    const { rows, end } = await aTrial();
    const before = await rows();
    await end();
    expect(await rows()).toEqual(before);
  });

  it("leaves the trial used up: another one is refused", async () => {
    const { call, end } = await aTrial();
    await world.advance(fortnight);
    await end();
    await expect(
      world.core.billing.createCheckout(call, { plan: "starter", interval: "month", trial: true }),
    ).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is carried out by the house alone", async () => {
    const { call, subscriptionId } = await aTrial();
    await expect(world.core.billing.endTrial(call, { subscriptionId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("the end of a trial with a card", () => {
  it("invoices and charges the first period, from the trial's end on", async () => {
    const { rows, end } = await aTrialWithCard("pm_card_visa");
    const [started] = (await rows()).subscriptions;
    await world.advance(fortnight + 3600);
    await end();
    const after = await rows();
    expect(after.subscriptions).toMatchObject([
      {
        status: "active",
        anchorAt: started?.trialEndsAt,
        currentPeriodStartsAt: started?.trialEndsAt,
        dueAt: null,
      },
    ]);
    const endsAt = after.subscriptions[0]?.currentPeriodEndsAt;
    expect(after.licenses).toMatchObject([{ status: "active", trial: false, paidUntil: endsAt }]);
    expect(after.invoices).toMatchObject([
      { status: "paid", totalMinor: 2900, periodStartsAt: started?.trialEndsAt },
    ]);
    expect(after.payments).toMatchObject([
      { status: "succeeded", invoiceId: after.invoices[0]?.id, amountMinor: 2900 },
    ]);
    expect(after.events.map(({ type }) => type)).toContain("invoice.paid");
  });

  it("bills once when two workers do it, and after a crash between charge and commit", async () => {
    const { rows, end } = await aTrialWithCard("pm_card_visa");
    await world.advance(fortnight);
    gateway.beforeAnswer = () => Promise.reject(new Error("the process died here"));
    await expect(end()).rejects.toThrow("died");
    const bothCharged = Promise.withResolvers<undefined>();
    let waiting = 0;
    gateway.beforeAnswer = () => {
      waiting += 1;
      if (waiting === 2) bothCharged.resolve(undefined);
      return bothCharged.promise;
    };
    await Promise.all([end(), end()]);
    await end();
    const { invoices, lines, payments, events } = await rows();
    expect(events.filter(({ type }) => type === "invoice.paid")).toHaveLength(1);
    expect(invoices).toMatchObject([{ status: "paid" }]);
    expect(lines).toHaveLength(1);
    expect(payments).toHaveLength(1);
    const key = payments[0]?.idempotencyKey;
    expect(gateway.moved().filter(({ idempotencyKey }) => idempotencyKey === key)).toHaveLength(1);
  });

  it.each([
    ["pm_card_declined", "card_declined"],
    ["pm_card_authenticationRequired", "authentication_required"],
  ])("leaves the license usable for seven days when %s fails", async (card, declineCode) => {
    const { rows, end } = await aTrialWithCard(card);
    await world.advance(fortnight);
    await end();
    await end();
    const after = await rows();
    expect(after.subscriptions).toMatchObject([{ status: "past_due", dueAt: null }]);
    expect(after.invoices).toMatchObject([{ status: "open", paidAt: null }]);
    expect(after.payments).toMatchObject([{ status: "failed", declineCode }]);
    const [license] = after.licenses;
    expect(license).toMatchObject({ status: "past_due" });
    const graceDays =
      ((license?.graceEndsAt?.getTime() ?? 0) - (after.payments[0]?.createdAt.getTime() ?? 0)) /
      86_400_000;
    expect(graceDays).toBe(7);
  });

  it("stays due while the provider is away", async () => {
    const { subscriptionId, rows, end } = await aTrialWithCard("pm_card_gatewayUnavailable");
    await world.advance(fortnight);
    await expect(end()).rejects.toMatchObject({ code: "GATEWAY_UNAVAILABLE" });
    expect((await rows()).subscriptions).toMatchObject([{ status: "trialing" }]);
    const due = await world.core.billing.listDueSubscriptions(system, { limit: 100 });
    expect(due.map(({ id }) => id)).toContain(subscriptionId);
  });
});
