import { CheckoutSessionId, LicenseId, SubscriptionId } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import { emit } from "../events/emit.ts";
import { joining } from "../transaction.ts";
import type { BillingDeps } from "./deps.ts";
import type { Period } from "./period-rules.ts";
import * as subscriptionStore from "./subscription-store.ts";

/** What a completed checkout starts. */
export interface NewSubscription {
  readonly organizationId: string;
  readonly checkoutSessionId: string;
  readonly offer: Offer;
  readonly status: "trialing" | "active";
  readonly period: Period;
  readonly paymentMethodId: string | null;
}

/**
 * Starts a subscription and issues its license in the caller's transaction, with audit rows and the
 * events of a completed checkout. The license is valid as long as the period; a trial falls due at its
 * end, and a paid subscription has nothing to fall due.
 */
export const startSubscription = async (
  { catalog, licensing }: Pick<BillingDeps, "catalog" | "licensing">,
  tx: Tx,
  call: Call,
  started: NewSubscription,
): Promise<{ subscription: subscriptionStore.SubscriptionRow; licenseId: string }> => {
  const { organizationId, checkoutSessionId, offer, status, period, paymentMethodId } = started;
  const trial = status === "trialing";
  await catalog.markSold(joining(call, tx), offer.planVersionId);
  const subscription = await subscriptionStore.insertSubscription(tx, {
    organizationId,
    productId: offer.product.id,
    planVersionId: offer.planVersionId,
    interval: offer.interval,
    currency: offer.price.currency,
    status,
    anchorAt: period.startsAt,
    currentPeriodStartsAt: period.startsAt,
    currentPeriodEndsAt: period.endsAt,
    trialEndsAt: trial ? period.endsAt : null,
    paymentMethodId,
    dueAt: trial ? period.endsAt : null,
  });
  const { licenseId } = await licensing.issueLicense(joining(call, tx), {
    organizationId,
    offer,
    subscriptionId: subscription.id,
    trial,
    paidUntil: period.endsAt,
  });
  await audit(tx, call, {
    action: "subscription.start",
    target: { kind: "subscription", id: subscription.id },
    organizationId,
    after: {
      status,
      plan: offer.planSlug,
      version: offer.version,
      interval: offer.interval,
      currentPeriodEndsAt: period.endsAt,
    },
  });
  await audit(tx, call, {
    action: "checkout.complete",
    target: { kind: "checkout", id: checkoutSessionId },
    organizationId,
    after: { subscriptionId: subscription.id, licenseId, trial },
  });
  await emit(tx, call, {
    type: "checkout.completed",
    organizationId,
    payload: { checkoutSessionId: CheckoutSessionId.parse(checkoutSessionId) },
  });
  await emit(tx, call, {
    type: "subscription.started",
    organizationId,
    payload: { subscriptionId: SubscriptionId.parse(subscription.id) },
  });
  await emit(tx, call, {
    type: "license.issued",
    organizationId,
    payload: {
      licenseId: LicenseId.parse(licenseId),
      checkoutSessionId: CheckoutSessionId.parse(checkoutSessionId),
    },
  });
  return { subscription, licenseId };
};
