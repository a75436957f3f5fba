import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createFirstUses } from "./first-uses.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the first uses of a key", () => {
  test("are so many in a window, and as many in the next", () => {
    const first = createFirstUses({ uses: 2, seconds: 60 });
    const takeThree = () => ["one", "one", "one"].map((key) => first.take(key));
    expect(takeThree()).toEqual([true, true, false]);
    expect(first.take("another")).toBe(true);
    vi.advanceTimersByTime(59_999);
    expect(first.take("one")).toBe(false);
    vi.advanceTimersByTime(1);
    expect(takeThree()).toEqual([true, true, false]);
  });

  test("are never more than that, whoever shares a counter with whom", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 200 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 5 }),
        (keys, uses, counterBits) => {
          const first = createFirstUses({ uses, seconds: 60, counterBits });
          const taken = new Map<string, number>();
          for (const key of keys) {
            if (first.take(key)) taken.set(key, (taken.get(key) ?? 0) + 1);
          }
          for (const count of taken.values()) expect(count).toBeLessThanOrEqual(uses);
        },
      ),
    );
  });

  test("are no fewer for one among 40,000 that all ask as often", () => {
    const first = createFirstUses({ uses: 5, seconds: 60 });
    const keys = Array.from({ length: 40_000 }, (_, index) => `license:machine-${index}`);
    const taken = keys.flatMap((key) => [1, 2, 3, 4, 5].map(() => first.take(key)));
    expect(taken.filter((isFirst) => !isFirst)).toEqual([]);
    expect(keys.filter((key) => first.take(key))).toEqual([]);
  });
});
