import { createRecordingGateway } from "@latchkey/testing/recording-gateway";
import { readBillingRows } from "@latchkey/testing/billing-rows";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const gateway = createRecordingGateway();
let world: TestCore;
beforeAll(async () => {
  world = await createTestCore({ gateways: { sandbox: gateway } });
});
afterAll(() => world.close());

const starter = { plan: "starter", interval: "month", trial: false } as const;

describe("opening a checkout", () => {
  it("answers the sandbox's page, open for 24 hours", async () => {
    const { call, organizationId, userId } = await aCustomer(world);
    const created = await world.core.billing.createCheckout(call, starter);
    expect(created).toMatchObject({
      url: `http://localhost:4700/sandbox/checkout/${created.id}`,
      status: "open",
    });
    const { checkouts, audit } = await readBillingRows(world.database, organizationId);
    expect(checkouts).toHaveLength(1);
    const [checkout] = checkouts;
    expect(checkout).toMatchObject({
      id: created.id,
      createdBy: userId,
      successUrl: `http://localhost:4700/checkout/${created.id}`,
      cancelUrl: "http://localhost:4700/plans",
      subscriptionId: null,
      dueAt: new Date(created.expiresAt),
    });
    expect(Date.parse(created.expiresAt) - (checkout?.createdAt.getTime() ?? 0)).toBe(86_400_000);
    expect(audit.map(({ action }) => action)).toEqual(["checkout.create"]);
  });

  it("keeps the caller's own addresses", async () => {
    const { call, organizationId } = await aCustomer(world);
    const urls = { successUrl: "https://app.test/ok?x=1", cancelUrl: "https://app.test/no" };
    await world.core.billing.createCheckout(call, { ...starter, ...urls });
    const { checkouts } = await readBillingRows(world.database, organizationId);
    expect(checkouts[0]).toMatchObject(urls);
  });

  it("makes one customer at the gateway, however many pages open at once", async () => {
    const { call, organizationId } = await aCustomer(world);
    await Promise.all([1, 2, 3].map(() => world.core.billing.createCheckout(call, starter)));
    const before = gateway.customersMade;
    await world.core.billing.createCheckout(call, starter);
    expect(gateway.customersMade).toBe(before);
    const { customers, checkouts } = await readBillingRows(world.database, organizationId);
    expect(customers).toHaveLength(1);
    expect(checkouts).toHaveLength(4);
  });

  it("says that no payments are taken where the server has no gateway, and writes nothing", async () => {
    const poor = await createTestCore({ gateways: {} });
    const { call, organizationId } = await aCustomer(poor);
    await expect(poor.core.billing.createCheckout(call, starter)).rejects.toMatchObject({
      code: "GATEWAY_UNAVAILABLE",
      message: "This server takes no payments yet; nothing was charged.",
    });
    const { checkouts, customers } = await readBillingRows(poor.database, organizationId);
    expect([...checkouts, ...customers]).toEqual([]);
    const trial = await poor.core.billing.createCheckout(call, { ...starter, trial: true });
    expect(trial.status).toBe("complete");
    await poor.close();
  });

  it("freezes the price that the page quotes", async () => {
    const { call } = await aCustomer(world);
    await world.core.billing.createCheckout(call, { ...starter, plan: "enterprise" });
    const update = world.database.sql`
      update plan_prices set amount_minor = 1 where plan_version_id = (
        select v.id from plan_versions v join plans p on p.id = v.plan_id
        where p.slug = 'enterprise')`;
    await expect(update).rejects.toThrow("is sold and its prices cannot change");
  });

  it.each([
    ["an admin", "admin"],
    ["a plain member", "member"],
  ] as const)("refuses %s", async (_who, role) => {
    const { call, organizationId } = await aCustomer(world, { role });
    await expect(world.core.billing.createCheckout(call, starter)).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    const { checkouts } = await readBillingRows(world.database, organizationId);
    expect(checkouts).toEqual([]);
  });

  it("lets the billing role buy", async () => {
    const { call } = await aCustomer(world, { role: "billing" });
    expect(await world.core.billing.createCheckout(call, starter)).toMatchObject({
      status: "open",
    });
  });

  it("refuses nobody, and whoever has not confirmed their address", async () => {
    const { call } = await aCustomer(world);
    const unverified = callBy(
      call.actor.kind === "member" ? { ...call.actor, emailVerified: false } : call.actor,
    );
    await expect(world.core.billing.createCheckout(unverified, starter)).rejects.toMatchObject({
      code: "FORBIDDEN",
      details: { remedy: expect.stringContaining("mail") },
    });
    const anonymous = callBy({ kind: "anonymous" });
    await expect(world.core.billing.createCheckout(anonymous, starter)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("says what to do about a plan that is not on offer", async () => {
    const { call } = await aCustomer(world);
    await expect(
      world.core.billing.createCheckout(call, { ...starter, plan: "platinum" }),
    ).rejects.toMatchObject({ code: "NOT_FOUND", details: { remedy: expect.any(String) } });
  });
});
