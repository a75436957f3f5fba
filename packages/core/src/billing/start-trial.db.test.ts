import { readBillingRows } from "@latchkey/testing/billing-rows";
import { aCustomer, anOffer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { Customer, TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let world: TestCore;
beforeAll(async () => {
  world = await createTestCore();
});
afterAll(() => world.close());

const start = (customer: Customer, plan = "starter") =>
  world.core.billing.createCheckout(customer.call, { plan, interval: "month", trial: true });

const rowsOf = ({ organizationId }: Customer) => readBillingRows(world.database, organizationId);

/** Another customer whose address reaches a box that somebody else's reaches too. */
const withEmail = async (email: string): Promise<Customer> => {
  const customer = await aCustomer(world);
  const { actor } = customer.call;
  if (actor.kind !== "member") throw new Error("not a member");
  return { ...customer, email, call: callBy({ ...actor, email }) };
};

describe("starting a trial", () => {
  it("completes at once, without a card, an invoice or the gateway", async () => {
    const customer = await aCustomer(world);
    const created = await start(customer);
    expect(created).toMatchObject({
      status: "complete",
      url: `http://localhost:4700/checkout/${created.id}`,
    });
    const rows = await rowsOf(customer);
    const [subscription] = rows.subscriptions;
    const startsAt = subscription?.currentPeriodStartsAt ?? new Date(Number.NaN);
    const endsAt = new Date(startsAt.getTime() + 14 * 86_400_000);
    expect(rows.subscriptions).toMatchObject([
      { status: "trialing", currentPeriodEndsAt: endsAt, trialEndsAt: endsAt, dueAt: endsAt },
    ]);
    expect(rows.licenses).toMatchObject([
      { trial: true, status: "active", paidUntil: endsAt, subscriptionId: subscription?.id },
    ]);
    expect(rows.checkouts).toMatchObject([{ id: created.id, trial: true, dueAt: null }]);
    expect(rows).toMatchObject({ invoices: [], payments: [], customers: [], methods: [] });
    expect(rows.claims.map(({ kind }) => kind).toSorted()).toEqual(["email", "organization"]);
    expect(rows.events.map(({ type }) => type)).toEqual([
      "checkout.completed",
      "subscription.started",
      "license.issued",
    ]);
  });

  it("gives the first answer when it is repeated, also many times at once", async () => {
    const customer = await aCustomer(world);
    const answers = await Promise.all([1, 2, 3, 4].map(() => start(customer)));
    answers.push(await start(customer));
    expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
    const rows = await rowsOf(customer);
    expect(rows.subscriptions).toHaveLength(1);
    expect(rows.licenses).toHaveLength(1);
    expect(rows.events).toHaveLength(3);
  });

  it("is refused a second time by another spelling of the same mail address", async () => {
    const first = await withEmail("trudy+one@gmail.com");
    await start(first);
    const second = await withEmail("T.R.U.D.Y@googlemail.com");
    await expect(start(second)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { remedy: expect.stringContaining("Buy") },
    });
    expect(await rowsOf(second)).toMatchObject({ subscriptions: [], claims: [], events: [] });
  });

  it("goes to one of two organizations that start with the same address at once", async () => {
    const [one, other] = await Promise.all([
      withEmail("race@example.com"),
      withEmail("race+2@example.com"),
    ]);
    const outcomes = await Promise.allSettled([start(one), start(other)]);
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const subscriptions = [await rowsOf(one), await rowsOf(other)].flatMap(
      (rows) => rows.subscriptions,
    );
    expect(subscriptions).toHaveLength(1);
  });

  it("is refused to the same organization under another of its addresses, or for another plan", async () => {
    const customer = await aCustomer(world);
    await start(customer);
    const { actor } = customer.call;
    if (actor.kind !== "member") throw new Error("not a member");
    const colleague = { ...customer, call: callBy({ ...actor, email: "other@example.com" }) };
    await expect(start(colleague, "pro")).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(start(customer, "pro")).rejects.toMatchObject({ code: "CONFLICT" });
  });

  it("is refused where the plan has none, and claims nothing", async () => {
    const { planSlug } = await anOffer(world, { trialDays: 0 });
    const customer = await aCustomer(world);
    await expect(start(customer, planSlug)).rejects.toMatchObject({
      code: "CONFLICT",
      details: { remedy: expect.any(String) },
    });
    expect((await rowsOf(customer)).claims).toEqual([]);
  });

  it("keeps no mail address in its claims", async () => {
    const customer = await withEmail("secret.person@example.com");
    await start(customer);
    const { claims } = await rowsOf(customer);
    for (const { valueHash } of claims) {
      expect(valueHash.toString("utf8")).not.toContain("secret");
      expect(valueHash).toHaveLength(32);
    }
  });
});
