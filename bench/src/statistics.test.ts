import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { percentile, quotients, spreadOf } from "./statistics.ts";

const measured = fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), { minLength: 1 });

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  test.each([
    { values: hundred, fraction: 0.5, expected: 50 },
    { values: hundred, fraction: 0.99, expected: 99 },
    { values: hundred, fraction: 1, expected: 100 },
    { values: hundred, fraction: 0, expected: 1 },
    { values: [7], fraction: 0.99, expected: 7 },
    { values: [3, 1, 2], fraction: 0.5, expected: 2 },
  ])("is $expected at $fraction of $values.length values", ({ values, fraction, expected }) => {
    expect(percentile(values, fraction)).toBe(expected);
  });

  test("has at least its fraction of the values at or below it", () => {
    fc.assert(
      fc.property(measured, fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
        const value = percentile(values, fraction);
        const atOrBelow = values.filter((other) => other <= value).length;
        expect(values).toContain(value);
        expect(atOrBelow).toBeGreaterThanOrEqual(fraction * values.length);
      }),
    );
  });

  test("refuses to speak of no values", () => {
    expect(() => percentile([], 0.5)).toThrow("no values");
  });
});

describe("spreadOf", () => {
  test.each([
    { values: [5], spread: { median: 5, min: 5, max: 5 } },
    { values: [9, 1, 5], spread: { median: 5, min: 1, max: 9 } },
    { values: [4, 1, 3, 2], spread: { median: 2.5, min: 1, max: 4 } },
  ])("of $values is $spread", ({ values, spread }) => {
    expect(spreadOf(values)).toEqual(spread);
  });

  test("has the median between its ends", () => {
    fc.assert(
      fc.property(measured, (values) => {
        const { median, min, max } = spreadOf(values);
        expect(min).toBeLessThanOrEqual(median);
        expect(median).toBeLessThanOrEqual(max);
      }),
    );
  });
});

describe("quotients", () => {
  test("divide round by round", () => {
    expect(quotients([10, 30], [20, 40])).toEqual([0.5, 0.75]);
  });

  test("refuse rounds that lack one of the two", () => {
    expect(() => quotients([1, 2], [1])).toThrow("Every round needs both");
  });
});
