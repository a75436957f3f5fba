import type { BillingInterval, Money } from "@latchkey/contracts";
import type { Period } from "./period-rules.ts";

/** One thing that an invoice charges or credits; amounts are minor units of the invoice's currency. */
export interface InvoiceLine {
  /** Names what the line is for: computing it again gives the same id, so that it is written once. */
  readonly stableId: string;
  readonly description: string;
  readonly quantity: number;
  readonly unitAmountMinor: number;
  readonly amountMinor: number;
  readonly period: Period;
}

/** What the steps behind the lines take off or add; each is zero where its step does not apply. */
export interface Adjustments {
  readonly discountMinor: number;
  readonly taxMinor: number;
  readonly creditMinor: number;
}

export interface InvoiceTotals extends Adjustments {
  readonly subtotalMinor: number;
  /** What the gateway collects; zero is paid without it. */
  readonly totalMinor: number;
}

const exact = (amountMinor: number): number => {
  if (Number.isSafeInteger(amountMinor)) return amountMinor;
  throw new RangeError(`${amountMinor} is not a whole number of minor units that can be exact`);
};

/** The line for a plan's recurring price over one period of a subscription. */
export const planLine = ({
  subscriptionId,
  planVersionId,
  planName,
  interval,
  price,
  period,
}: {
  readonly subscriptionId: string;
  readonly planVersionId: string;
  readonly planName: string;
  readonly interval: BillingInterval;
  readonly price: Money;
  readonly period: Period;
}): InvoiceLine => ({
  stableId: `plan:${subscriptionId}:${planVersionId}:${period.startsAt.toISOString()}`,
  description: `${planName}, one ${interval}`,
  quantity: 1,
  unitAmountMinor: exact(price.amount),
  amountMinor: exact(price.amount),
  period,
});

/**
 * Adds an invoice up in the order of money.md R15: lines, then coupons, then tax, then credit; what is
 * left is for the gateway. Each step sees only the result of those before it, so no discount exceeds
 * the lines and no credit exceeds what would be due. Throws RangeError where one does, or where an
 * amount is no whole number of minor units (R1).
 */
export const totalInvoice = (
  lines: readonly Pick<InvoiceLine, "amountMinor">[],
  { discountMinor, taxMinor, creditMinor }: Adjustments,
): InvoiceTotals => {
  const subtotalMinor = lines.reduce((sum, line) => exact(sum + exact(line.amountMinor)), 0);
  if (exact(discountMinor) < 0 || discountMinor > Math.max(subtotalMinor, 0)) {
    throw new RangeError(`a discount of ${discountMinor} does not fit lines of ${subtotalMinor}`);
  }
  const beforeCredit = exact(subtotalMinor - discountMinor + exact(taxMinor));
  if (exact(creditMinor) < 0 || creditMinor > Math.max(beforeCredit, 0)) {
    throw new RangeError(`a credit of ${creditMinor} does not fit what is due, ${beforeCredit}`);
  }
  const totalMinor = beforeCredit - creditMinor;
  return { subtotalMinor, discountMinor, taxMinor, creditMinor, totalMinor };
};

/** No coupon, no tax, no credit. */
export const noAdjustments: Adjustments = { discountMinor: 0, taxMinor: 0, creditMinor: 0 };

/** The number of the `count`th invoice that was finalized in that year (money.md R17). */
export const invoiceNumber = (year: number, count: number): string =>
  `INV-${year}-${String(count).padStart(6, "0")}`;
