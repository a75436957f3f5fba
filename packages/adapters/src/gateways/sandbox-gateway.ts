import { createHash } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import type { ChargeRequest, ChargeResult, Gateway } from "@latchkey/core/ports";
import { findSandboxCard, sandboxCards } from "./sandbox-cards.ts";

/** A provider's kind of reference, the same for the same words, since the sandbox remembers nothing. */
const reference = (prefix: string, words: string): string =>
  `${prefix}_sandbox_${createHash("sha256").update(words).digest("hex").slice(0, 24)}`;

const charge = ({
  idempotencyKey,
  methodReference,
  renewalNumber,
  authenticated,
}: ChargeRequest): ChargeResult => {
  const chargeReference = reference("ch", idempotencyKey);
  const card = findSandboxCard(methodReference);
  if (card === undefined) {
    return {
      status: "declined",
      chargeReference,
      declineCode: "no_such_payment_method",
      remedy: "Use another card.",
      hard: true,
    };
  }
  const { does } = card;
  switch (does.kind) {
    case "succeeds":
      return { status: "succeeded", chargeReference };
    case "declines": {
      if (renewalNumber < does.fromRenewal) return { status: "succeeded", chargeReference };
      const { declineCode, remedy, hard } = does;
      return { status: "declined", chargeReference, declineCode, remedy, hard };
    }
    case "needs_authentication":
      return { status: authenticated ? "succeeded" : "needs_authentication", chargeReference };
    case "unavailable":
      throw new DomainError("GATEWAY_UNAVAILABLE", {
        remedy: "Try again in a few minutes, or use another card.",
      });
  }
};

/**
 * The built-in gateway: collects nothing, remembers nothing, and answers the same question the same
 * way for ever. What a charge does depends on the card alone (`sandboxCards`); its reference is made
 * of the idempotency key. `publicUrl` is where people reach the portal, which shows its payment page.
 */
export const createSandboxGateway = ({ publicUrl }: { readonly publicUrl: string }): Gateway => ({
  name: "sandbox",
  testCards: sandboxCards.map(({ id, label, behaviour }) => ({ id, label, behaviour })),
  createCustomer: ({ organizationId }) =>
    Promise.resolve({ customerReference: reference("cus", organizationId) }),
  createCheckoutPage: ({ checkoutSessionId }) =>
    Promise.resolve({
      url: `${publicUrl}/sandbox/checkout/${checkoutSessionId}`,
      gatewayReference: reference("cs", checkoutSessionId),
    }),
  describePaymentMethod: (methodReference) => {
    const card = findSandboxCard(methodReference);
    return Promise.resolve(
      card ? { methodReference, brand: card.brand, lastFour: card.lastFour } : null,
    );
  },
  charge: async (request) => charge(request),
});
