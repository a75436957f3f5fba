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
        fc.integer({ min: 1, max: 8 }),
        (keys, uses, counters) => {
          const first = createFirstUses({ uses, seconds: 60, counters });
          const taken = new Map<string, number>();
          for (const key of keys) {
            if (first.take(key)) taken.set(key, (taken.get(key) ?? 0) + 1);
          }
          for (const count of taken.values()) expect(count).toBeLessThanOrEqual(uses);
        },
      ),
    );
  });
});
