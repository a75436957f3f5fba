import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createUsedSeats } from "./used-seats.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test.each([
  ["redis", 10_000],
  ["postgresql", 1_000],
] as const)("a figure that %s told is good for %i ms", (by, freshMs) => {
  const usedSeats = createUsedSeats();
  expect(usedSeats.find("license")).toBeNull();
  usedSeats.tell("license", 3, by);
  vi.advanceTimersByTime(freshMs - 1);
  expect(usedSeats.find("license")).toBe(3);
  expect(usedSeats.find("another")).toBeNull();
  vi.advanceTimersByTime(1);
  expect(usedSeats.find("license")).toBeNull();
});

test("a newer figure takes the place of an older one, and of one that was forgotten", () => {
  const usedSeats = createUsedSeats();
  usedSeats.tell("license", 3, "redis");
  usedSeats.tell("license", 4, "postgresql");
  expect(usedSeats.find("license")).toBe(4);
  usedSeats.forget("license");
  expect(usedSeats.find("license")).toBeNull();
});
