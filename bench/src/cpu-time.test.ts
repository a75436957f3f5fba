import { describe, expect, test } from "vitest";
import { secondsIn, usedBetween } from "./cpu-time.ts";

describe("secondsIn", () => {
  const numbers = "S 1 2 3 4 5 6 7 8 9 10 150 50 25 75 20 0 11 0 5 6 7";
  test.each([`12 (node) ${numbers}`, `12 (a) (b c) ${numbers}`])(
    "adds user and system time, of ended children too: %s",
    (stat) => {
      expect(secondsIn(stat)).toBe(3);
    },
  );

  test("of a line without times is no number", () => {
    expect(secondsIn("12 (node) S")).toBeNaN();
  });
});

describe("usedBetween", () => {
  const before = { server: 1, postgresql: null, redis: 2, generator: 3 };
  const after = { server: 1.5, postgresql: 4, redis: null, generator: 3 };
  test("is null where either reading is missing", () => {
    expect(usedBetween(before, after)).toEqual({
      server: 0.5,
      postgresql: null,
      redis: null,
      generator: 0,
    });
  });
});
