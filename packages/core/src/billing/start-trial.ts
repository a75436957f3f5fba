import { DomainError } from "@latchkey/contracts";
import type { CreateCheckout, CreatedCheckout } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import type { Actor, Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import { portalPages } from "../portal-pages.ts";
import { inTransaction } from "../transaction.ts";
import { checkoutExpiresAt } from "./checkout-rules.ts";
import { toCreatedCheckout } from "./created-checkout.ts";
import type { BillingDeps } from "./deps.ts";
import { daysAfter } from "./period-rules.ts";
import { startSubscription } from "./start-subscription.ts";
import * as checkoutStore from "./checkout-store.ts";
import * as subscriptionStore from "./subscription-store.ts";
import { normaliseTrialAddress } from "./trial-claim-rules.ts";

type Member = Extract<Actor, { kind: "member" }>;

/** One trial per customer and product (money.md R21): the organization's, and the mail address's. */
const claimTrial = async (
  { vault }: Pick<BillingDeps, "vault">,
  tx: Tx,
  { organizationId, email }: Member,
  productId: string,
): Promise<boolean> => {
  const identities = [
    ["organization", organizationId],
    ["email", normaliseTrialAddress(email)],
  ] as const;
  const claims = identities.map(([kind, value]) => ({
    organizationId,
    productId,
    kind,
    valueHash: vault.hash("trial-claim", `${productId}:${kind}:${value}`),
    claimedAt: tx.now,
  }));
  return (await subscriptionStore.insertTrialClaims(tx, claims)) === claims.length;
};

/**
 * Starts the trial of an offer, without a card: the subscription, its license and a checkout that is
 * complete, in one transaction. While this trial runs, starting it again gives the same checkout.
 * Throws CONFLICT when the plan has no trial, or the mail address or the organization had theirs.
 */
export const startTrial = async (
  deps: BillingDeps,
  call: Call,
  member: Member,
  offer: Offer,
  { successUrl, cancelUrl }: CreateCheckout,
): Promise<CreatedCheckout> => {
  const { database, settings } = deps;
  const { organizationId } = member;
  const { planVersionId, interval, price, product, planName, trialDays } = offer;
  if (trialDays === 0) {
    throw new DomainError(
      "CONFLICT",
      { remedy: "Buy the plan, or choose one with a trial." },
      `${planName} has no trial.`,
    );
  }
  const id = newId();
  const pages = portalPages(settings.publicUrl);
  const url = successUrl ?? pages.checkout(id);
  return inTransaction(database, call, async (tx) => {
    if (!(await claimTrial(deps, tx, member, product.id))) {
      const running = await checkoutStore.findRunningTrial(tx, {
        organizationId,
        planVersionId,
        interval,
      });
      if (running) return toCreatedCheckout(running);
      throw new DomainError(
        "CONFLICT",
        { remedy: "Buy the plan instead; you can stop at the end of any period." },
        `A trial of ${product.name} was already started with this mail address or in this organization.`,
      );
    }
    const { subscription, licenseId } = await startSubscription(deps, tx, call, {
      organizationId,
      checkoutSessionId: id,
      offer,
      status: "trialing",
      period: { startsAt: tx.now, endsAt: daysAfter(tx.now, trialDays) },
      paymentMethodId: null,
    });
    const checkout = await checkoutStore.insertCheckout(tx, {
      organizationId,
      id,
      planVersionId,
      interval,
      currency: price.currency,
      trial: true,
      status: "complete",
      gateway: settings.gateway,
      gatewayReference: null,
      url,
      successUrl: url,
      cancelUrl: cancelUrl ?? pages.plans,
      createdBy: member.userId,
      subscriptionId: subscription.id,
      licenseId,
      createdAt: tx.now,
      expiresAt: checkoutExpiresAt(tx.now),
      completedAt: tx.now,
    });
    return toCreatedCheckout(checkout);
  });
};
