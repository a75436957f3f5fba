import { expect, test } from "vitest";
import { formatMoney } from "./money.tsx";

test.each([
  [2_900, "USD", "$29.00"],
  [5, "USD", "$0.05"],
  [-1_050, "EUR", "-€10.50"],
  [29, "JPY", "¥29"],
  [1_234, "KWD", "KWD 1.234"],
])("writes %i minor units of %s as %s", (amount, currency, written) => {
  expect(formatMoney({ amount, currency }).replaceAll("\u00a0", " ")).toBe(written);
});
