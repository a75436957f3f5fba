import { DomainError } from "@latchkey/contracts";
import type { ChargeRequest } from "@latchkey/core/ports";
import { describe, expect, it } from "vitest";
import { createSandboxGateway, sandboxCards } from "./index.ts";

const gateway = createSandboxGateway({ publicUrl: "http://localhost:4700" });

const charging = (methodReference: string, changes: Partial<ChargeRequest> = {}) =>
  gateway.charge({
    idempotencyKey: "checkout:1:1",
    customerReference: "cus_sandbox_1",
    methodReference,
    amount: { amount: 2900, currency: "USD" },
    description: "Starter",
    renewalNumber: 0,
    authenticated: false,
    ...changes,
  });

describe("the sandbox's test cards", () => {
  it.each([
    ["pm_card_visa", {}, { status: "succeeded" }],
    ["pm_card_mastercard", {}, { status: "succeeded" }],
    [
      "pm_card_declined",
      {},
      { status: "declined", declineCode: "card_declined", hard: false, remedy: expect.any(String) },
    ],
    [
      "pm_card_insufficientFunds",
      {},
      { status: "declined", declineCode: "insufficient_funds", hard: false },
    ],
    ["pm_card_lost", {}, { status: "declined", declineCode: "lost_card", hard: true }],
    ["pm_card_authenticationRequired", {}, { status: "needs_authentication" }],
    ["pm_card_authenticationRequired", { authenticated: true }, { status: "succeeded" }],
    ["pm_card_declinesFromRenewal2", {}, { status: "succeeded" }],
    ["pm_card_declinesFromRenewal2", { renewalNumber: 1 }, { status: "succeeded" }],
    ["pm_card_declinesFromRenewal2", { renewalNumber: 2 }, { status: "declined", hard: false }],
    ["pm_card_declinesFromRenewal2", { renewalNumber: 3 }, { status: "declined", hard: false }],
    ["pm_card_nobody", {}, { status: "declined", declineCode: "no_such_payment_method" }],
  ])("%s with %j answers %j", async (card, changes, expected) => {
    expect(await charging(card, changes)).toMatchObject(expected);
  });

  it("does not answer for the card whose provider is away", async () => {
    const attempt = charging("pm_card_gatewayUnavailable");
    await expect(attempt).rejects.toBeInstanceOf(DomainError);
    await expect(attempt).rejects.toMatchObject({ code: "GATEWAY_UNAVAILABLE" });
  });

  it("are all known by token, with distinct tokens and endings", async () => {
    const described = await Promise.all(
      sandboxCards.map(({ id }) => gateway.describePaymentMethod(id)),
    );
    expect(described).not.toContain(null);
    expect(new Set(sandboxCards.map(({ id }) => id)).size).toBe(sandboxCards.length);
    expect(new Set(sandboxCards.map(({ lastFour }) => lastFour)).size).toBe(sandboxCards.length);
    expect(gateway.testCards?.map(({ id }) => id)).toEqual(sandboxCards.map(({ id }) => id));
  });
});

describe("the sandbox gateway", () => {
  it("gives the same charge for the same key, and another for another", async () => {
    const first = await charging("pm_card_visa");
    expect(await charging("pm_card_visa")).toEqual(first);
    expect(await charging("pm_card_visa", { idempotencyKey: "checkout:1:2" })).not.toEqual(first);
  });

  it("gives an organization one customer, even after a restart", async () => {
    const customer = { organizationId: "o-1", name: "Acme", email: "pay@acme.test" };
    const restarted = createSandboxGateway({ publicUrl: "http://localhost:4700" });
    expect(await restarted.createCustomer(customer)).toEqual(
      await gateway.createCustomer(customer),
    );
  });

  it("sends people to its own page in the portal", async () => {
    const { url } = await gateway.createCheckoutPage({
      checkoutSessionId: "019d",
      customerReference: "cus_1",
      planName: "Starter",
      interval: "month",
      total: { amount: 2900, currency: "USD" },
      successUrl: "http://localhost:4700/done",
      cancelUrl: "http://localhost:4700/plans",
    });
    expect(url).toBe("http://localhost:4700/sandbox/checkout/019d");
  });

  it("knows no method that is not on the table", async () => {
    expect(await gateway.describePaymentMethod("pm_card_nobody")).toBeNull();
  });
});
