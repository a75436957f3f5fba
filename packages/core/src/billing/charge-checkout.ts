import { DomainError, isDomainError } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import type { ChargeResult } from "../ports.ts";
import { inTransaction } from "../transaction.ts";
import { chargeKeyPrefix, decidePayment, sameCard } from "./checkout-rules.ts";
import type { CardChoice, CheckoutFacts } from "./checkout-rules.ts";
import { collect } from "./collect.ts";
import { gatewayNamed } from "./deps.ts";
import type { BillingDeps } from "./deps.ts";
import { issueInvoice, settleInvoice } from "./issue-invoice.ts";
import { periodAt } from "./period-rules.ts";
import { startSubscription } from "./start-subscription.ts";
import * as checkoutStore from "./checkout-store.ts";
import * as customerStore from "./customer-store.ts";
import * as invoiceStore from "./invoice-store.ts";

/*
 * A checkout's charge, state by state.
 *   open                 no charge is under way
 *   open, charging card  that card's charge was begun and its outcome is not stored
 *   complete             paid: subscription, license and paid invoice exist
 *   expired              nobody may pay any more
 * open → charging, before the gateway is asked · charging → complete, or → open when the gateway said no
 * · open → expired. Whoever finds it charging, after a crash or in a second tab, repeats that very charge
 * under its key before doing anything else: the gateway answers as it did, and nobody pays twice.
 */

export type PaymentOutcome =
  | { readonly kind: "complete" }
  | { readonly kind: "expired"; readonly expiresAt: Date }
  | { readonly kind: "declined"; readonly declineCode: string; readonly remedy: string }
  | { readonly kind: "needs_authentication" };

interface Attempt {
  readonly checkout: checkoutStore.CheckoutRow;
  readonly card: CardChoice;
  readonly begun: boolean;
  readonly idempotencyKey: string;
  readonly customerReference: string;
}

/** How many charges of other people one call repeats before it gives up. */
const patience = 5;

/** The stored row as the rules see it. */
export const factsOf = (row: checkoutStore.CheckoutRow): CheckoutFacts => ({
  status: row.status,
  expiresAt: row.expiresAt,
  charging:
    row.chargingMethodReference === null
      ? null
      : { methodReference: row.chargingMethodReference, authenticated: row.chargingAuthenticated },
});

const noCharge = { chargingMethodReference: null, chargingAuthenticated: false };

/** Frees a locked checkout for another card, unless somebody has begun another charge since. */
const freeCheckout = async (
  tx: Tx,
  checkout: checkoutStore.CheckoutRow,
  card: CardChoice,
): Promise<void> => {
  const { charging } = factsOf(checkout);
  if (charging && sameCard(charging, card))
    await checkoutStore.updateCheckout(tx, checkout.id, noCharge);
};

/** Locks the checkout. Throws NOT_FOUND. */
export const lockCheckout = async (tx: Tx, id: string): Promise<checkoutStore.CheckoutRow> => {
  const checkout = await checkoutStore.lockCheckout(tx, id);
  if (checkout) return checkout;
  throw new DomainError("NOT_FOUND", { remedy: "Open a new checkout." });
};

/** Decides what to charge and writes it down before the gateway is asked. */
const beginAttempt = async (
  { database }: Pick<BillingDeps, "database">,
  call: Call,
  checkoutSessionId: string,
  wished: CardChoice,
): Promise<Attempt | PaymentOutcome> =>
  inTransaction(database, call, async (tx) => {
    const checkout = await lockCheckout(tx, checkoutSessionId);
    const decision = decidePayment(factsOf(checkout), wished, tx.now);
    if (decision.kind === "complete") return { kind: "complete" };
    if (decision.kind === "expired") return { kind: "expired", expiresAt: checkout.expiresAt };
    const { card, begun } = decision;
    const { organizationId, gateway } = checkout;
    const customerReference = await customerStore.findCustomerReference(
      tx,
      organizationId,
      gateway,
    );
    if (customerReference === null) throw new Error(`Checkout ${checkout.id} has no customer.`);
    if (!begun) {
      await checkoutStore.updateCheckout(tx, checkout.id, {
        chargingMethodReference: card.methodReference,
        chargingAuthenticated: card.authenticated,
      });
    }
    const keyPrefix = chargeKeyPrefix(checkout.id, card);
    const failed = await invoiceStore.countFailedPayments(tx, checkout.id, keyPrefix);
    const idempotencyKey = `${keyPrefix}${failed + 1}`;
    return { checkout, card, begun, idempotencyKey, customerReference };
  });

/** Everything that a succeeded charge brings about, in the transaction that holds the checkout. */
const completeCheckout = async (
  deps: BillingDeps,
  tx: Tx,
  call: Call,
  offer: Offer,
  { checkout, card, idempotencyKey }: Attempt,
  chargeReference: string | null,
  method: { brand: string; lastFour: string },
): Promise<void> => {
  const { id: checkoutSessionId, organizationId, gateway } = checkout;
  await customerStore.lockCustomer(tx, organizationId, gateway);
  const paymentMethodId = await customerStore.upsertPaymentMethod(tx, {
    organizationId,
    gateway,
    methodReference: card.methodReference,
    ...method,
  });
  const period = periodAt(tx.now, offer.interval, 0);
  const { subscription, licenseId } = await startSubscription(deps, tx, call, {
    organizationId,
    checkoutSessionId,
    offer,
    status: "active",
    period,
    paymentMethodId,
  });
  const invoice = await issueInvoice(tx, call, subscription, offer, period);
  if (chargeReference !== null) {
    await invoiceStore.insertPayment(tx, {
      organizationId,
      invoiceId: invoice.id,
      checkoutSessionId,
      gateway,
      chargeReference,
      idempotencyKey,
      status: "succeeded",
      amountMinor: invoice.totalMinor,
      currency: invoice.currency,
      createdAt: tx.now,
    });
  }
  await settleInvoice(tx, call, invoice);
  await checkoutStore.updateCheckout(tx, checkoutSessionId, {
    ...noCharge,
    status: "complete",
    subscriptionId: subscription.id,
    licenseId,
    completedAt: tx.now,
    dueAt: null,
  });
};

/** Keeps the refused attempt; a second caller who repeated the same charge finds it kept. */
const keepDecline = async (
  tx: Tx,
  call: Call,
  checkout: checkoutStore.CheckoutRow,
  { card, idempotencyKey }: Attempt,
  offer: Offer,
  { chargeReference, declineCode }: Extract<ChargeResult, { status: "declined" }>,
): Promise<void> => {
  const { id, organizationId, gateway } = checkout;
  const isNew = await invoiceStore.insertPayment(tx, {
    organizationId,
    checkoutSessionId: id,
    gateway,
    chargeReference,
    idempotencyKey,
    status: "failed",
    declineCode,
    amountMinor: offer.price.amount,
    currency: offer.price.currency,
    createdAt: tx.now,
  });
  if (!isNew) return;
  await freeCheckout(tx, checkout, card);
  await audit(tx, call, {
    action: "checkout.decline",
    target: { kind: "checkout", id },
    organizationId,
    after: { declineCode },
  });
};

const dropAttempt = async (
  { database }: Pick<BillingDeps, "database">,
  call: Call,
  { checkout, card }: Attempt,
): Promise<void> =>
  inTransaction(database, call, async (tx) =>
    freeCheckout(tx, await lockCheckout(tx, checkout.id), card),
  );

const carryOut = async (
  deps: BillingDeps,
  call: Call,
  attempt: Attempt,
): Promise<PaymentOutcome> => {
  const { checkout, card, idempotencyKey, customerReference } = attempt;
  const gateway = gatewayNamed(deps, checkout.gateway);
  const { planVersionId, interval } = checkout;
  const offer = await deps.catalog.getOfferOfVersion(call, { planVersionId, interval });
  const method = await gateway.describePaymentMethod(card.methodReference);
  const result = await collect(deps, checkout.gateway, {
    idempotencyKey,
    customerReference,
    methodReference: card.methodReference,
    amount: offer.price,
    description: `${offer.product.name} ${offer.planName}`,
    renewalNumber: 0,
    authenticated: card.authenticated,
  }).catch(async (error: unknown) => {
    // The gateway says that it took nothing. Who only repeated the charge may not speak for the other.
    if (isDomainError(error, "GATEWAY_UNAVAILABLE") && !attempt.begun) {
      await dropAttempt(deps, call, attempt);
    }
    throw error;
  });
  if (result.status === "needs_authentication") {
    await dropAttempt(deps, call, attempt);
    return { kind: "needs_authentication" };
  }
  return inTransaction(deps.database, call, async (tx) => {
    const locked = await lockCheckout(tx, checkout.id);
    if (locked.status === "complete") return { kind: "complete" };
    if (result.status === "declined") {
      await keepDecline(tx, call, locked, attempt, offer, result);
      return { kind: "declined", declineCode: result.declineCode, remedy: result.remedy };
    }
    const chargeReference = result.status === "succeeded" ? result.chargeReference : null;
    const shown = { brand: method?.brand ?? "card", lastFour: method?.lastFour ?? "" };
    await completeCheckout(deps, tx, call, offer, attempt, chargeReference, shown);
    return { kind: "complete" };
  });
};

/**
 * Pays a checkout with a card: charges outside any transaction, then completes in one. Repeating it, at
 * once or after a crash anywhere, charges nothing again and gives the first outcome. `call` sees the
 * checkout's rows. Throws NOT_FOUND, CONFLICT when other cards keep being charged, GATEWAY_UNAVAILABLE.
 */
export const chargeCheckout = async (
  deps: BillingDeps,
  call: Call,
  checkoutSessionId: string,
  wished: CardChoice,
): Promise<PaymentOutcome> => {
  for (let repeated = 0; repeated < patience; repeated += 1) {
    const attempt = await beginAttempt(deps, call, checkoutSessionId, wished);
    if ("kind" in attempt) return attempt;
    const outcome = await carryOut(deps, call, attempt);
    if (outcome.kind === "complete" || sameCard(attempt.card, wished)) return outcome;
  }
  throw new DomainError(
    "CONFLICT",
    { remedy: "Wait a moment, look at the checkout again, and pay if it is still open." },
    "Another payment of this checkout is under way.",
  );
};

/** Finishes a charge that was begun and never stored, if there is one. Throws GATEWAY_UNAVAILABLE. */
export const finishCharge = async (
  deps: BillingDeps,
  call: Call,
  checkoutSessionId: string,
): Promise<void> => {
  const begun = await inTransaction(deps.database, call, async (tx) => {
    const checkout = await checkoutStore.findCheckout(tx, checkoutSessionId);
    return checkout && factsOf(checkout).charging;
  });
  if (begun) await chargeCheckout(deps, call, checkoutSessionId, begun);
};
