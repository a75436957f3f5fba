import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { invoiceNumber, noAdjustments, planLine, totalInvoice } from "./invoice-rules.ts";
import { periodAt } from "./period-rules.ts";

const period = periodAt(new Date("2026-11-20T10:00:00Z"), "month", 0);
const starter = {
  subscriptionId: "s-1",
  planVersionId: "v-1",
  planName: "Starter",
  interval: "month",
  price: { amount: 2900, currency: "USD" },
  period,
} as const;

const lines = (...amounts: number[]) => amounts.map((amountMinor) => ({ amountMinor }));
const amounts = fc.array(fc.integer({ min: 0, max: 1e9 }), { maxLength: 20 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe("planLine", () => {
  it("charges the price once for the period", () => {
    expect(planLine(starter)).toEqual({
      stableId: "plan:s-1:v-1:2026-11-20T10:00:00.000Z",
      description: "Starter, one month",
      quantity: 1,
      unitAmountMinor: 2900,
      amountMinor: 2900,
      period,
    });
  });

  it("has the same id when it is computed again, and another for another period", () => {
    const next = periodAt(new Date("2026-11-20T10:00:00Z"), "month", 1);
    expect(planLine({ ...starter }).stableId).toBe(planLine(starter).stableId);
    expect(planLine({ ...starter, period: next }).stableId).not.toBe(planLine(starter).stableId);
  });

  it("refuses a price that is no whole number of minor units", () => {
    expect(() => planLine({ ...starter, price: { amount: 29.5, currency: "USD" } })).toThrow(
      RangeError,
    );
  });
});

describe("totalInvoice", () => {
  it.each([
    [[], {}, { subtotalMinor: 0, totalMinor: 0 }],
    [[2900], {}, { subtotalMinor: 2900, totalMinor: 2900 }],
    [[9900, -1450], {}, { subtotalMinor: 8450, totalMinor: 8450 }],
    [[1000, -1450], {}, { subtotalMinor: -450, totalMinor: -450 }],
    [[10000], { discountMinor: 2000, taxMinor: 1520 }, { totalMinor: 9520 }],
    [[10000], { discountMinor: 2000, taxMinor: 1520, creditMinor: 9520 }, { totalMinor: 0 }],
    [[10000], { discountMinor: 10000 }, { totalMinor: 0 }],
  ])("adds lines of %j with %j up to %j", (amountsMinor, adjustments, expected) => {
    expect(
      totalInvoice(lines(...amountsMinor), { ...noAdjustments, ...adjustments }),
    ).toMatchObject(expected);
  });

  it.each([
    ["a discount larger than the lines", [100], { discountMinor: 101 }],
    ["a negative discount", [100], { discountMinor: -1 }],
    ["a credit larger than what is due", [100], { taxMinor: 19, creditMinor: 120 }],
    ["a credit where nothing is due", [-100], { creditMinor: 1 }],
    ["half a cent", [0.5], {}],
    ["a sum beyond what is exact", [Number.MAX_SAFE_INTEGER, 1], {}],
  ])("refuses %s", (_what, amountsMinor, adjustments) => {
    expect(() =>
      totalInvoice(lines(...amountsMinor), { ...noAdjustments, ...adjustments }),
    ).toThrow(RangeError);
  });

  it("loses and invents no cent, whatever the lines, coupons, tax and credit", () => {
    fc.assert(
      fc.property(amounts, share, share, share, (amountsMinor, off, rate, paid) => {
        const sum = amountsMinor.reduce((total, amount) => total + amount, 0);
        const discountMinor = Math.floor(sum * off);
        const taxMinor = Math.floor((sum - discountMinor) * rate);
        const creditMinor = Math.floor((sum - discountMinor + taxMinor) * paid);
        const totals = totalInvoice(lines(...amountsMinor), {
          discountMinor,
          taxMinor,
          creditMinor,
        });
        expect(totals.subtotalMinor).toBe(sum);
        expect(totals.totalMinor + creditMinor + discountMinor - taxMinor).toBe(sum);
        expect(totals.totalMinor).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("does not care in which order the lines come", () => {
    fc.assert(
      fc.property(amounts, (amountsMinor) => {
        expect(totalInvoice(lines(...amountsMinor.toReversed()), noAdjustments)).toEqual(
          totalInvoice(lines(...amountsMinor), noAdjustments),
        );
      }),
    );
  });
});

describe("invoiceNumber", () => {
  it.each([
    [2026, 1, "INV-2026-000001"],
    [2026, 999_999, "INV-2026-999999"],
    [2027, 1_000_000, "INV-2027-1000000"],
  ])("of year %i and count %i is %s", (year, count, expected) => {
    expect(invoiceNumber(year, count)).toBe(expected);
  });
});
