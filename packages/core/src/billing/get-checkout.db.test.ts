import { parseLicenseKey } from "@latchkey/license-crypto";
import { aCustomer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import type { MemberRole } from "@latchkey/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let world: TestCore;
beforeAll(async () => {
  world = await createTestCore();
});
afterAll(() => world.close());

const opened = async (trial: boolean) => {
  const customer = await aCustomer(world);
  const { id } = await world.core.billing.createCheckout(customer.call, {
    plan: "starter",
    interval: "month",
    trial,
  });
  const { actor } = customer.call;
  if (actor.kind !== "member") throw new Error("not a member");
  const callAs = (role: MemberRole) => callBy({ ...actor, role });
  return { customer, id, callAs };
};

describe("looking at a checkout", () => {
  it("tells no key while it is open", async () => {
    const { customer, id } = await opened(false);
    const found = await world.core.billing.getCheckout(customer.call, { checkoutSessionId: id });
    expect(found).toEqual({ id, status: "open", expiresAt: expect.any(String) });
  });

  it.each(["owner", "billing"] as const)(
    "tells the key to %s once it is complete",
    async (role) => {
      const { id, callAs } = await opened(true);
      const found = await world.core.billing.getCheckout(callAs(role), { checkoutSessionId: id });
      expect(found).toMatchObject({
        status: "complete",
        subscriptionId: expect.any(String),
        licenseId: expect.any(String),
      });
      expect(parseLicenseKey(found.licenseKey ?? "")).toMatchObject({ ok: true });
    },
  );

  it.each(["admin", "member"] as const)("refuses %s", async (role) => {
    const { id, callAs } = await opened(true);
    await expect(
      world.core.billing.getCheckout(callAs(role), { checkoutSessionId: id }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
  });

  it("does not know another organization's", async () => {
    const { id } = await opened(true);
    const stranger = await aCustomer(world);
    await expect(
      world.core.billing.getCheckout(stranger.call, { checkoutSessionId: id }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("reads as expired once it ran out, before the worker has noticed", async () => {
    const { customer, id } = await opened(false);
    await world.advance(24 * 3600);
    const found = await world.core.billing.getCheckout(customer.call, { checkoutSessionId: id });
    expect(found.status).toBe("expired");
  });
});
