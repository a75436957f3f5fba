import { SubscriptionId } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import { emit } from "../events/emit.ts";
import type { DueRow } from "../due.ts";
import { inTransaction, joining } from "../transaction.ts";
import { collect } from "./collect.ts";
import type { Collected } from "./collect.ts";
import type { BillingDeps } from "./deps.ts";
import { issueInvoice, settleInvoice } from "./issue-invoice.ts";
import { daysAfter, periodAt } from "./period-rules.ts";
import * as customerStore from "./customer-store.ts";
import * as invoiceStore from "./invoice-store.ts";
import * as subscriptionStore from "./subscription-store.ts";

/** Days for which a license stays usable after the first failed payment (money.md R18). */
const firstGraceDays = 7;

interface FirstCharge {
  readonly subscriptionId: string;
  readonly offer: Offer;
  readonly invoice: invoiceStore.InvoiceRow;
  readonly method: NonNullable<Awaited<ReturnType<typeof customerStore.findPaymentMethod>>>;
  readonly customerReference: string;
}

/** The trials that ended, oldest first. Throws FORBIDDEN. */
export const listDueSubscriptions =
  ({ database }: BillingDeps) =>
  async (call: Call, { limit }: { limit: number }): Promise<DueRow[]> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => subscriptionStore.listDueTrials(tx, limit));
  };

const isDue = (
  subscription: subscriptionStore.SubscriptionRow | null,
  now: Date,
): subscription is subscriptionStore.SubscriptionRow =>
  subscription?.status === "trialing" && subscription.dueAt !== null && subscription.dueAt <= now;

const cancelTrial = async (
  { licensing }: BillingDeps,
  tx: Tx,
  call: Call,
  { id, organizationId, currentPeriodEndsAt }: subscriptionStore.SubscriptionRow,
): Promise<void> => {
  await subscriptionStore.updateSubscription(tx, id, {
    status: "canceled",
    canceledAt: tx.now,
    dueAt: null,
  });
  await licensing.followSubscription(joining(call, tx), {
    subscriptionId: id,
    trial: true,
    paidUntil: currentPeriodEndsAt,
    graceEndsAt: null,
    suspendedByDunning: false,
    ended: true,
  });
  await audit(tx, call, {
    action: "subscription.cancel",
    target: { kind: "subscription", id },
    organizationId,
    before: { status: "trialing" },
    after: { status: "canceled", reason: "trial_ended" },
  });
  await emit(tx, call, {
    type: "subscription.canceled",
    organizationId,
    payload: { subscriptionId: SubscriptionId.parse(id), reason: "trial_ended" },
  });
};

/** Cancels a trial without a payment method, or makes the first invoice, which is then to be charged. */
const beginEnd = async (
  deps: BillingDeps,
  call: Call,
  subscriptionId: string,
): Promise<FirstCharge | null> =>
  inTransaction(deps.database, call, async (tx) => {
    const subscription = await subscriptionStore.lockSubscription(tx, subscriptionId);
    if (!isDue(subscription, tx.now)) return null;
    const { organizationId, planVersionId, interval, paymentMethodId } = subscription;
    const method = paymentMethodId && (await customerStore.findPaymentMethod(tx, paymentMethodId));
    const customerReference =
      method && (await customerStore.findCustomerReference(tx, organizationId, method.gateway));
    if (!method || !customerReference) {
      await cancelTrial(deps, tx, call, subscription);
      return null;
    }
    const offer = await deps.catalog.getOfferOfVersion(joining(call, tx), {
      planVersionId,
      interval,
    });
    const period = periodAt(subscription.currentPeriodEndsAt, interval, 0);
    const invoice = await issueInvoice(tx, call, subscription, offer, period);
    return { subscriptionId, offer, invoice, method, customerReference };
  });

const declineCodeOf = (result: Collected): string | null => {
  switch (result.status) {
    case "succeeded":
    case "nothing_due":
      return null;
    case "declined":
      return result.declineCode;
    case "needs_authentication":
      return "authentication_required";
  }
};

const chargeFirst = (
  deps: BillingDeps,
  { offer, invoice, method, customerReference }: FirstCharge,
  idempotencyKey: string,
): Promise<Collected> =>
  collect(deps, method.gateway, {
    idempotencyKey,
    customerReference,
    methodReference: method.methodReference,
    amount: { amount: invoice.totalMinor, currency: invoice.currency },
    description: `${offer.product.name} ${offer.planName}`,
    renewalNumber: 0,
    authenticated: false,
  });

const storeResult = async (
  { database, licensing }: BillingDeps,
  call: Call,
  { subscriptionId, invoice, method }: FirstCharge,
  idempotencyKey: string,
  result: Collected,
): Promise<void> =>
  inTransaction(database, call, async (tx) => {
    const subscription = await subscriptionStore.lockSubscription(tx, subscriptionId);
    if (!isDue(subscription, tx.now)) return;
    const { organizationId } = subscription;
    const declineCode = declineCodeOf(result);
    const paid = declineCode === null;
    if (result.status !== "nothing_due") {
      await invoiceStore.insertPayment(tx, {
        organizationId,
        invoiceId: invoice.id,
        gateway: method.gateway,
        chargeReference: result.chargeReference,
        idempotencyKey,
        status: paid ? "succeeded" : "failed",
        declineCode,
        amountMinor: invoice.totalMinor,
        currency: invoice.currency,
        createdAt: tx.now,
      });
    }
    if (paid) await settleInvoice(tx, call, invoice);
    const status = paid ? "active" : "past_due";
    await subscriptionStore.updateSubscription(tx, subscriptionId, {
      status,
      anchorAt: invoice.periodStartsAt,
      currentPeriodStartsAt: invoice.periodStartsAt,
      currentPeriodEndsAt: invoice.periodEndsAt,
      dueAt: null,
    });
    await licensing.followSubscription(joining(call, tx), {
      subscriptionId,
      trial: false,
      paidUntil: paid ? invoice.periodEndsAt : invoice.periodStartsAt,
      graceEndsAt: paid ? null : daysAfter(tx.now, firstGraceDays),
      suspendedByDunning: false,
      ended: false,
    });
    await audit(tx, call, {
      action: "subscription.end_trial",
      target: { kind: "subscription", id: subscriptionId },
      organizationId,
      before: { status: "trialing" },
      after: { status, currentPeriodEndsAt: invoice.periodEndsAt },
    });
  });

/**
 * Ends a trial that is due; one that is not, or has ended, stays as it is. Without a payment method the
 * subscription is canceled and its license ends (money.md R21); with one the first period is invoiced
 * and charged. A charge that fails is the first failure of R18: past due, usable for 7 days. The
 * invoice is found again and its charge keeps its key, so a repetition bills once.
 * Throws FORBIDDEN, GATEWAY_UNAVAILABLE.
 */
export const endTrial =
  (deps: BillingDeps) =>
  async (call: Call, { subscriptionId }: { subscriptionId: string }): Promise<void> => {
    authorizeSystem(call);
    const first = await beginEnd(deps, call, subscriptionId);
    if (!first) return;
    const idempotencyKey = `invoice:${first.invoice.id}:1`;
    const result = await chargeFirst(deps, first, idempotencyKey);
    await storeResult(deps, call, first, idempotencyKey, result);
  };
