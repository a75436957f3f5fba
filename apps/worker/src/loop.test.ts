import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startLoop } from "./loop.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

test("works at once, then after each wait", async () => {
  const work = vi.fn(() => Promise.resolve());
  const loop = startLoop({ everyMs: 1_000, work, onError: () => undefined });
  await settle();
  expect(work).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(work).toHaveBeenCalledTimes(3);
  await loop.stop();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(work).toHaveBeenCalledTimes(3);
});

test("waking starts the work early, and once more when it is at work", async () => {
  const ends: (() => void)[] = [];
  const work = vi.fn(() => new Promise<void>((resolve) => ends.push(resolve)));
  const loop = startLoop({ everyMs: 60_000, work, onError: () => undefined });
  ends.shift()?.();
  await settle();
  loop.wake();
  await settle();
  expect(work).toHaveBeenCalledTimes(2);
  loop.wake();
  loop.wake();
  await settle();
  expect(work).toHaveBeenCalledTimes(2);
  ends.shift()?.();
  await settle();
  expect(work).toHaveBeenCalledTimes(3);
  ends.shift()?.();
  await loop.stop();
  expect(work).toHaveBeenCalledTimes(3);
});

test("an error is told and ends nothing", async () => {
  const broken = new Error("broken");
  const onError = vi.fn();
  const loop = startLoop({ everyMs: 1_000, work: () => Promise.reject(broken), onError });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(onError.mock.calls).toEqual([[broken], [broken]]);
  await loop.stop();
});
