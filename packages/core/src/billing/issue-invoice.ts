import { InvoiceId } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import type { Offer } from "../catalog/index.ts";
import { emit } from "../events/emit.ts";
import { invoiceNumber, noAdjustments, planLine, totalInvoice } from "./invoice-rules.ts";
import type { Period } from "./period-rules.ts";
import * as invoiceStore from "./invoice-store.ts";
import type { SubscriptionRow } from "./subscription-store.ts";

/**
 * The finalized invoice of a subscription's period, made when there is none yet: its lines, its sum and
 * its number in the caller's transaction, which holds the subscription's row or has just inserted it.
 * Call it late: the year's numbers wait for the commit.
 */
export const issueInvoice = async (
  tx: Tx,
  call: Call,
  subscription: SubscriptionRow,
  offer: Offer,
  period: Period,
): Promise<invoiceStore.InvoiceRow> => {
  const { id: subscriptionId, organizationId, interval, currency } = subscription;
  const existing = await invoiceStore.findInvoice(tx, subscriptionId, period.startsAt);
  if (existing) return existing;
  const lines = [
    planLine({
      subscriptionId,
      planVersionId: offer.planVersionId,
      planName: offer.planName,
      interval,
      price: offer.price,
      period,
    }),
  ];
  const draft = await invoiceStore.insertInvoice(tx, {
    organizationId,
    subscriptionId,
    status: "draft",
    currency,
    ...totalInvoice(lines, noAdjustments),
    periodStartsAt: period.startsAt,
    periodEndsAt: period.endsAt,
  });
  await invoiceStore.insertInvoiceLines(
    tx,
    lines.map(({ period: { startsAt, endsAt }, ...line }) => ({
      ...line,
      organizationId,
      invoiceId: draft.id,
      periodStartsAt: startsAt,
      periodEndsAt: endsAt,
    })),
  );
  const year = tx.now.getUTCFullYear();
  const number = invoiceNumber(year, await invoiceStore.takeInvoiceNumber(tx, year));
  const finalized = await invoiceStore.updateInvoice(tx, draft.id, {
    status: "open",
    number,
    finalizedAt: tx.now,
  });
  await audit(tx, call, {
    action: "invoice.finalize",
    target: { kind: "invoice", id: draft.id },
    organizationId,
    after: { number, totalMinor: finalized.totalMinor, currency },
  });
  return finalized;
};

/** Marks a finalized invoice paid and tells so. */
export const settleInvoice = async (
  tx: Tx,
  call: Call,
  { id, organizationId, status }: invoiceStore.InvoiceRow,
): Promise<void> => {
  await invoiceStore.updateInvoice(tx, id, { status: "paid", paidAt: tx.now });
  await audit(tx, call, {
    action: "invoice.pay",
    target: { kind: "invoice", id },
    organizationId,
    before: { status },
    after: { status: "paid" },
  });
  await emit(tx, call, {
    type: "invoice.paid",
    organizationId,
    payload: { invoiceId: InvoiceId.parse(id) },
  });
};
