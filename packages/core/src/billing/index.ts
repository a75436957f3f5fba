import { createCheckout } from "./create-checkout.ts";
import type { BillingDeps } from "./deps.ts";
import { describeSubscription } from "./describe-subscription.ts";
import { endTrial, listDueSubscriptions } from "./end-trial.ts";
import { expireCheckout, listDueCheckouts } from "./expire-checkout.ts";
import { findNextDueAt } from "./find-next-due-at.ts";
import { getCheckout } from "./get-checkout.ts";
import { getSandboxPaymentPage, paySandboxCheckout } from "./sandbox-checkout.ts";

/** Checkouts, subscriptions, invoices and payments. */
export const createBilling = (deps: BillingDeps) => ({
  createCheckout: createCheckout(deps),
  getCheckout: getCheckout(deps),
  getSandboxPaymentPage: getSandboxPaymentPage(deps),
  paySandboxCheckout: paySandboxCheckout(deps),
  listDueCheckouts: listDueCheckouts(deps),
  expireCheckout: expireCheckout(deps),
  listDueSubscriptions: listDueSubscriptions(deps),
  endTrial: endTrial(deps),
  findNextDueAt: findNextDueAt(deps),
  describeSubscription: describeSubscription(deps),
});

export type Billing = ReturnType<typeof createBilling>;
