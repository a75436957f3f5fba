import type { ReactElement } from "react";

/**
 * An amount in minor units as people write it: 2900 USD is "$29.00", 29 JPY is "¥29". The number of
 * decimals is the currency's own (ISO 4217), as the platform knows it.
 */
export const formatMoney = (
  { amount, currency }: { readonly amount: number; readonly currency: string },
  locale = "en-US",
): string => {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 0;
  return format.format(amount / 10 ** decimals);
};

/** An amount of money, given in minor units. */
export const Money = (price: {
  readonly amount: number;
  readonly currency: string;
}): ReactElement => <span className="money">{formatMoney(price)}</span>;
