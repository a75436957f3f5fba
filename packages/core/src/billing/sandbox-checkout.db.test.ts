import { CheckoutSessionId } from "@latchkey/contracts";
import { createCore, systemCall } from "@latchkey/core";
import { createRecordingGateway } from "@latchkey/testing/recording-gateway";
import { readBillingRows } from "@latchkey/testing/billing-rows";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { Customer, TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const gateway = createRecordingGateway();
let world: TestCore;
beforeAll(async () => {
  world = await createTestCore({ gateways: { sandbox: gateway } });
});
afterAll(() => world.close());
beforeEach(() => {
  gateway.beforeAnswer = () => Promise.resolve();
});

const anybody = callBy({ kind: "anonymous" });

const anOpenCheckout = async () => {
  const customer = await aCustomer(world);
  const { id } = await world.core.billing.createCheckout(customer.call, {
    plan: "starter",
    interval: "month",
    trial: false,
  });
  return { customer, id };
};

const pay = (id: string, card = "pm_card_visa", authenticated = false) =>
  world.core.billing.paySandboxCheckout(anybody, {
    checkoutSessionId: CheckoutSessionId.parse(id),
    card,
    authenticated,
  });

const rowsOf = ({ organizationId }: Customer) => readBillingRows(world.database, organizationId);

const movedFor = (id: string) =>
  gateway.moved().filter(({ idempotencyKey }) => idempotencyKey.includes(id));

/** What one payment, and no more than one, leaves behind. */
const expectPaidOnce = async (customer: Customer, id: string) => {
  const rows = await rowsOf(customer);
  expect(movedFor(id)).toHaveLength(1);
  expect(rows.subscriptions).toHaveLength(1);
  expect(rows.licenses).toHaveLength(1);
  expect(rows.invoices).toHaveLength(1);
  expect(rows.lines).toHaveLength(1);
  expect(rows.payments.filter(({ status }) => status === "succeeded")).toHaveLength(1);
  expect(rows.methods).toHaveLength(1);
  expect(rows.checkouts).toMatchObject([
    { status: "complete", chargingMethodReference: null, dueAt: null },
  ]);
  expect(rows.events.map(({ type }) => type).toSorted()).toEqual([
    "checkout.completed",
    "invoice.paid",
    "license.issued",
    "subscription.started",
  ]);
  return rows;
};

describe("the sandbox's payment page", () => {
  it("shows anybody with its address what is to be paid and the test cards", async () => {
    const { id } = await anOpenCheckout();
    const page = await world.core.billing.getSandboxPaymentPage(anybody, {
      checkoutSessionId: id,
    });
    expect(page).toMatchObject({
      id,
      status: "open",
      planName: "Starter",
      organizationName: "Customer Inc",
      total: { amount: 2900, currency: "USD" },
    });
    expect(page.cards.map((card) => card.id)).toContain("pm_card_declined");
  });

  it("does not exist under another address, nor outside the sandbox", async () => {
    const { customer, id } = await anOpenCheckout();
    await expect(pay(customer.organizationId)).rejects.toMatchObject({ code: "NOT_FOUND" });
    const production = createCore({
      ...world.deps,
      settings: { ...world.deps.settings, mode: "production" },
    });
    await expect(
      production.billing.getSandboxPaymentPage(anybody, { checkoutSessionId: id }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(
      production.billing.paySandboxCheckout(anybody, {
        checkoutSessionId: id,
        card: "pm_card_visa",
        authenticated: false,
      }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("paying", () => {
  it("starts the subscription, the license and a paid invoice that adds up", async () => {
    const { customer, id } = await anOpenCheckout();
    expect(await pay(id)).toEqual({
      status: "complete",
      successUrl: `http://localhost:4700/checkout/${id}`,
    });
    const rows = await expectPaidOnce(customer, id);
    const [subscription] = rows.subscriptions;
    const [license] = rows.licenses;
    const [invoice] = rows.invoices;
    const [method] = rows.methods;
    expect(subscription).toMatchObject({
      status: "active",
      anchorAt: subscription?.currentPeriodStartsAt,
      dueAt: null,
      trialEndsAt: null,
      paymentMethodId: method?.id,
    });
    expect(license).toMatchObject({
      subscriptionId: subscription?.id,
      trial: false,
      status: "active",
      paidUntil: subscription?.currentPeriodEndsAt,
    });
    expect(invoice).toMatchObject({
      status: "paid",
      number: expect.stringMatching(/^INV-\d{4}-\d{6}$/),
      subtotalMinor: 2900,
      totalMinor: 2900,
      periodEndsAt: subscription?.currentPeriodEndsAt,
    });
    expect(rows.lines).toMatchObject([
      { invoiceId: invoice?.id, quantity: 1, unitAmountMinor: 2900, amountMinor: 2900 },
    ]);
    expect(rows.payments).toMatchObject([
      { invoiceId: invoice?.id, checkoutSessionId: id, status: "succeeded", amountMinor: 2900 },
    ]);
    expect(method).toMatchObject({ brand: "visa", lastFour: "4242", isDefault: true });
    expect(rows.audit.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        "checkout.create",
        "subscription.start",
        "license.issue",
        "checkout.complete",
        "invoice.finalize",
        "invoice.pay",
      ]),
    );
  });

  it("changes nothing when it is repeated, with the same card or another", async () => {
    const { customer, id } = await anOpenCheckout();
    const first = await pay(id);
    const after = await rowsOf(customer);
    expect(await pay(id)).toEqual(first);
    expect(await pay(id, "pm_card_mastercard")).toEqual(first);
    expect(await pay(id, "pm_card_declined")).toEqual(first);
    expect(await rowsOf(customer)).toEqual(after);
    expect(movedFor(id)).toHaveLength(1);
  });

  it("charges once when two press the button at the same time", async () => {
    const { customer, id } = await anOpenCheckout();
    const answers = await Promise.all([pay(id), pay(id), pay(id)]);
    expect(answers.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
    await expectPaidOnce(customer, id);
  });

  it("charges once when two tabs pay with different cards at the same time", async () => {
    const { customer, id } = await anOpenCheckout();
    const answers = await Promise.all([
      pay(id, "pm_card_visa"),
      pay(id, "pm_card_mastercard"),
      pay(id, "pm_card_visa"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
    await expectPaidOnce(customer, id);
  });

  it.each(["pm_card_visa", "pm_card_mastercard", "pm_card_declined"])(
    "is healed after a crash between charge and commit by paying again, with %s",
    async (nextCard) => {
      const { customer, id } = await anOpenCheckout();
      gateway.beforeAnswer = () => Promise.reject(new Error("the process died here"));
      await expect(pay(id, "pm_card_visa")).rejects.toThrow("died");
      expect((await rowsOf(customer)).subscriptions).toEqual([]);
      gateway.beforeAnswer = () => Promise.resolve();
      expect(await pay(id, nextCard)).toMatchObject({ status: "complete" });
      const { methods } = await expectPaidOnce(customer, id);
      expect(methods).toMatchObject([{ methodReference: "pm_card_visa" }]);
    },
  );

  it("tells a decline as an answer, keeps it, and takes another card", async () => {
    const { customer, id } = await anOpenCheckout();
    expect(await pay(id, "pm_card_declined")).toEqual({
      status: "declined",
      error: { code: "card_declined", message: expect.stringContaining("another card") },
    });
    const declined = await rowsOf(customer);
    expect(declined.payments).toMatchObject([
      { status: "failed", declineCode: "card_declined", invoiceId: null, amountMinor: 2900 },
    ]);
    expect(declined.subscriptions).toEqual([]);
    expect(declined.events).toEqual([]);
    expect(declined.checkouts).toMatchObject([{ status: "open", chargingMethodReference: null }]);
    expect(await pay(id)).toMatchObject({ status: "complete" });
    await expectPaidOnce(customer, id);
  });

  it("tries a declined card anew when it is tried anew, and once when two try it at once", async () => {
    const { customer, id } = await anOpenCheckout();
    await pay(id, "pm_card_lost");
    await pay(id, "pm_card_lost");
    const keys = (await rowsOf(customer)).payments.map(({ idempotencyKey }) => idempotencyKey);
    expect(new Set(keys).size).toBe(2);
    const release = Promise.withResolvers<undefined>();
    let waiting = 0;
    gateway.beforeAnswer = () => {
      waiting += 1;
      if (waiting === 2) release.resolve(undefined);
      return release.promise;
    };
    const answers = await Promise.all([pay(id, "pm_card_lost"), pay(id, "pm_card_lost")]);
    expect(answers).toMatchObject([{ status: "declined" }, { status: "declined" }]);
    expect((await rowsOf(customer)).payments).toHaveLength(3);
  });

  it("asks the bank's question, and completes once it is answered", async () => {
    const { customer, id } = await anOpenCheckout();
    const card = "pm_card_authenticationRequired";
    expect(await pay(id, card)).toMatchObject({ status: "needs_authentication" });
    expect((await rowsOf(customer)).payments).toEqual([]);
    expect(await pay(id, card, true)).toMatchObject({ status: "complete" });
    await expectPaidOnce(customer, id);
  });

  it("may switch to another card while the provider of the first is away", async () => {
    const { customer, id } = await anOpenCheckout();
    await expect(pay(id, "pm_card_gatewayUnavailable")).rejects.toMatchObject({
      code: "GATEWAY_UNAVAILABLE",
    });
    expect(await pay(id)).toMatchObject({ status: "complete" });
    await expectPaidOnce(customer, id);
  });

  it("names the test cards when the card is not one of them", async () => {
    const { customer, id } = await anOpenCheckout();
    await expect(pay(id, "4242424242424242")).rejects.toMatchObject({
      code: "BAD_REQUEST",
      details: {
        issues: [{ path: ["card"], message: expect.stringContaining("pm_card_visa") }],
      },
    });
    expect((await rowsOf(customer)).checkouts).toMatchObject([{ chargingMethodReference: null }]);
  });

  it("keeps one default card when two checkouts of an organization are paid at once", async () => {
    const { customer, id } = await anOpenCheckout();
    const second = await world.core.billing.createCheckout(customer.call, {
      plan: "pro",
      interval: "year",
      trial: false,
    });
    await Promise.all([pay(id, "pm_card_visa"), pay(second.id, "pm_card_mastercard")]);
    const { methods, subscriptions } = await rowsOf(customer);
    expect(subscriptions).toHaveLength(2);
    expect(methods.filter(({ isDefault }) => isDefault)).toHaveLength(1);
  });
});

describe("twenty customers who pay at once", () => {
  it("get twenty invoice numbers without a gap, whatever fails in between", async () => {
    const countsOf = async (customers: readonly Customer[]) => {
      const rows = await Promise.all(customers.map(rowsOf));
      const numbers = rows.flatMap(({ invoices }) => invoices.map(({ number }) => number ?? ""));
      return numbers.map((number) => Number(number.slice(-6))).toSorted((a, b) => a - b);
    };
    const { customer: first, id } = await anOpenCheckout();
    await pay(id);
    const [last = Number.NaN] = await countsOf([first]);

    const opened = await Promise.all(Array.from({ length: 25 }, anOpenCheckout));
    let charged = 0;
    gateway.beforeAnswer = () => {
      charged += 1;
      return charged % 6 === 0 ? Promise.reject(new Error("died")) : Promise.resolve();
    };
    const cards = opened.map((_, index) => (index % 5 === 0 ? "pm_card_lost" : "pm_card_visa"));
    await Promise.allSettled(opened.map((checkout, index) => pay(checkout.id, cards[index])));
    gateway.beforeAnswer = () => Promise.resolve();
    await Promise.all(opened.map((checkout, index) => pay(checkout.id, cards[index])));

    const counts = await countsOf(opened.map(({ customer }) => customer));
    expect(counts).toEqual(Array.from({ length: 20 }, (_, index) => last + 1 + index));
  });
});

describe("a checkout that ran out", () => {
  it("can no longer be paid, and the worker closes it once", async () => {
    const { customer, id } = await anOpenCheckout();
    await world.advance(24 * 3600);
    await expect(pay(id)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { remedy: expect.any(String) },
    });
    expect(movedFor(id)).toEqual([]);
    const system = systemCall("test");
    const due = await world.core.billing.listDueCheckouts(system, { limit: 100 });
    expect(due.map((row) => row.id)).toContain(id);
    await world.core.billing.expireCheckout(system, { checkoutSessionId: id });
    await world.core.billing.expireCheckout(system, { checkoutSessionId: id });
    const { checkouts, audit } = await rowsOf(customer);
    expect(checkouts).toMatchObject([{ status: "expired", dueAt: null }]);
    expect(audit.filter(({ action }) => action === "checkout.expire")).toHaveLength(1);
    await expect(pay(id)).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("stays open for the worker that comes too early", async () => {
    const { customer, id } = await anOpenCheckout();
    await world.core.billing.expireCheckout(systemCall("test"), { checkoutSessionId: id });
    expect((await rowsOf(customer)).checkouts).toMatchObject([{ status: "open" }]);
  });

  it("is delivered when it was paid in time and the process died before the commit", async () => {
    const { customer, id } = await anOpenCheckout();
    gateway.beforeAnswer = () => Promise.reject(new Error("the process died here"));
    await expect(pay(id)).rejects.toThrow("died");
    gateway.beforeAnswer = () => Promise.resolve();
    await world.advance(24 * 3600);
    await world.core.billing.expireCheckout(systemCall("test"), { checkoutSessionId: id });
    await expectPaidOnce(customer, id);
  });

  it("is closed by the house alone", async () => {
    const { customer, id } = await anOpenCheckout();
    await expect(
      world.core.billing.expireCheckout(customer.call, { checkoutSessionId: id }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(
      world.core.billing.listDueCheckouts(customer.call, { limit: 1 }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
