import fc from "fast-check";
import { expect, test } from "vitest";
import { timeLeft, utcTime } from "./clock-words.ts";

const endsAt = "2026-11-20T14:32:00.000Z";
const endMs = Date.parse(endsAt);

test("minutes are counted by the client's clock, seconds in the last two alone", () => {
  expect(timeLeft({ endsAt, minutesLeft: 26 }, endMs - 90_000)).toBe("26 min");
  expect(timeLeft({ endsAt, minutesLeft: 2 }, endMs - 61_000)).toBe("1 min 1 s");
  expect(timeLeft({ endsAt, minutesLeft: 1 }, endMs - 1)).toBe("1 s");
  expect(timeLeft({ endsAt, minutesLeft: 0 }, endMs + 5_000)).toBe("0 s");
});

test("a wrong clock of this computer never leaves the minute that the client counted", () => {
  const secondsOf = (words: string): number => {
    const [, minutes = "0"] = /(\d+) min/.exec(words) ?? [];
    const [, seconds = "0"] = /(\d+) s/.exec(words) ?? [];
    return Number(minutes) * 60 + Number(seconds);
  };
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 }), fc.integer(), (minutesLeft, skewMs) => {
      const seconds = secondsOf(timeLeft({ endsAt, minutesLeft }, endMs + skewMs));
      expect(seconds).toBeGreaterThanOrEqual((minutesLeft - 1) * 60);
      expect(seconds).toBeLessThanOrEqual(minutesLeft * 60);
    }),
  );
});

test("the tooltip has the instant in UTC", () => {
  expect(utcTime(endsAt)).toBe("2026-11-20 14:32 UTC");
});
