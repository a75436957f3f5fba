import { CheckoutSessionId, DomainError, LicenseId, SubscriptionId } from "@latchkey/contracts";
import type { CheckoutSession, checkoutContract } from "@latchkey/contracts";
import type { z } from "zod";
import { asSystem, authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { factsOf } from "./charge-checkout.ts";
import { checkoutStatusAt } from "./checkout-rules.ts";
import type { BillingDeps } from "./deps.ts";
import * as checkoutStore from "./checkout-store.ts";

/**
 * How a checkout of the member's organization stands; once complete it tells the license key, to those
 * who may buy. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND.
 */
export const getCheckout =
  ({ database, licensing }: BillingDeps) =>
  async (
    call: Call,
    { checkoutSessionId }: z.infer<typeof checkoutContract.get.input>,
  ): Promise<CheckoutSession> => {
    authorizeMember(call, "billing:write");
    const { checkout, status } = await inTransaction(database, call, async (tx) => {
      const found = await checkoutStore.findCheckout(tx, checkoutSessionId);
      if (!found) throw new DomainError("NOT_FOUND", { remedy: "Open a new checkout." });
      return { checkout: found, status: checkoutStatusAt(factsOf(found), tx.now) };
    });
    const { id, expiresAt, subscriptionId, licenseId } = checkout;
    const answer = {
      id: CheckoutSessionId.parse(id),
      status,
      expiresAt: expiresAt.toISOString(),
    };
    if (subscriptionId === null || licenseId === null) return answer;
    return {
      ...answer,
      subscriptionId: SubscriptionId.parse(subscriptionId),
      licenseId: LicenseId.parse(licenseId),
      licenseKey: await licensing.revealLicenseKey(asSystem(call, "get-checkout"), licenseId),
    };
  };
