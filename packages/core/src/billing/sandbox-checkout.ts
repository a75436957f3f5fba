import { CheckoutSessionId, DomainError } from "@latchkey/contracts";
import type {
  SandboxPayment,
  SandboxPaymentPage,
  sandboxCheckoutContract,
} from "@latchkey/contracts";
import type { z } from "zod";
import { actingAs } from "../call.ts";
import type { Call } from "../call.ts";
import type { Gateway } from "../ports.ts";
import { inTransaction } from "../transaction.ts";
import { chargeCheckout, factsOf } from "./charge-checkout.ts";
import { checkoutStatusAt } from "./checkout-rules.ts";
import type { BillingDeps } from "./deps.ts";
import * as checkoutStore from "./checkout-store.ts";

const notFound = () =>
  new DomainError(
    "NOT_FOUND",
    { remedy: "Choose a plan again to open a new payment page." },
    "There is no payment page under this address.",
  );

/** Whoever knows the page's address acts for the gateway, as on a provider's own page. */
const asGateway = (call: Call): Call => actingAs(call, { kind: "gateway", gateway: "sandbox" });

/** The sandbox gateway and a checkout of its. Throws NOT_FOUND for all others, and outside the sandbox. */
const findPage = async (
  { database, gateways, settings }: BillingDeps,
  call: Call,
  checkoutSessionId: string,
): Promise<{ checkout: checkoutStore.CheckoutRow; gateway: Gateway; now: Date }> => {
  const gateway = gateways.sandbox;
  if (settings.mode !== "sandbox" || !gateway) throw notFound();
  return inTransaction(database, asGateway(call), async (tx) => {
    const checkout = await checkoutStore.findCheckout(tx, checkoutSessionId);
    if (!checkout || checkout.gateway !== "sandbox" || checkout.trial) throw notFound();
    return { checkout, gateway, now: tx.now };
  });
};

/** What the sandbox's payment page shows to whoever has its address. Throws NOT_FOUND. */
export const getSandboxPaymentPage =
  (deps: BillingDeps) =>
  async (
    call: Call,
    { checkoutSessionId }: z.infer<typeof sandboxCheckoutContract.paymentPage.input>,
  ): Promise<SandboxPaymentPage> => {
    const { checkout, gateway, now } = await findPage(deps, call, checkoutSessionId);
    const { id, organizationId, planVersionId, interval, successUrl, cancelUrl } = checkout;
    const gatewayCall = asGateway(call);
    const [offer, described] = await Promise.all([
      deps.catalog.getOfferOfVersion(gatewayCall, { planVersionId, interval }),
      deps.organizations.describeOrganizations(gatewayCall, [organizationId]),
    ]);
    return {
      id: CheckoutSessionId.parse(id),
      status: checkoutStatusAt(factsOf(checkout), now),
      planName: offer.planName,
      organizationName: described.get(organizationId)?.name ?? "",
      interval,
      total: offer.price,
      successUrl,
      cancelUrl,
      cards: (gateway.testCards ?? []).map((card) => ({ ...card })),
    };
  };

/**
 * Pays a sandbox checkout with a test card; what the page's button does. A decline and a bank's
 * question are answers, not errors. Repeating it gives the first answer. Throws NOT_FOUND, BAD_REQUEST
 * for a card that the sandbox does not know, CONFLICT for a checkout that ran out, GATEWAY_UNAVAILABLE.
 */
export const paySandboxCheckout =
  (deps: BillingDeps) =>
  async (
    call: Call,
    { checkoutSessionId, card, authenticated }: z.infer<typeof sandboxCheckoutContract.pay.input>,
  ): Promise<SandboxPayment> => {
    const { checkout, gateway } = await findPage(deps, call, checkoutSessionId);
    if ((await gateway.describePaymentMethod(card)) === null) {
      const known = (gateway.testCards ?? []).map(({ id }) => id).join(", ");
      throw new DomainError("BAD_REQUEST", {
        issues: [{ path: ["card"], message: `must be one of the test cards: ${known}` }],
      });
    }
    const outcome = await chargeCheckout(deps, asGateway(call), checkout.id, {
      methodReference: card,
      authenticated,
    });
    switch (outcome.kind) {
      case "complete":
        return { status: "complete", successUrl: checkout.successUrl };
      case "declined":
        return {
          status: "declined",
          error: { code: outcome.declineCode, message: outcome.remedy },
        };
      case "needs_authentication":
        return {
          status: "needs_authentication",
          error: {
            code: "authentication_required",
            message: "Your bank asks you to confirm this payment.",
          },
        };
      case "expired":
        throw new DomainError(
          "CONFLICT",
          { remedy: "Choose the plan again to open a new payment page." },
          `This payment page ran out at ${outcome.expiresAt.toISOString()}.`,
        );
    }
  };
