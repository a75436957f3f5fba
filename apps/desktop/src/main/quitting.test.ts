import { EventEmitter } from "node:events";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { finishBeforeQuit, QUIT_WITHIN_MS } from "./quitting.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** An app that tells, for each wish to quit, whether it was held back. */
const createApp = () => {
  const held: boolean[] = [];
  const emitter = new EventEmitter();
  const quit = () => {
    const preventDefault = vi.fn();
    emitter.emit("before-quit", { preventDefault });
    held.push(preventDefault.mock.calls.length > 0);
  };
  const on = (name: string, listener: (event: { preventDefault(): void }) => void) =>
    emitter.on(name, listener);
  return { held, quit, on };
};

test("quits as soon as everything is finished", async () => {
  const app = createApp();
  const finish = vi.fn(async () => {});
  finishBeforeQuit(app, finish);
  app.quit();
  await vi.advanceTimersByTimeAsync(0);
  expect(app.held).toEqual([true, false]);
  expect(finish).toHaveBeenCalledOnce();
});

test("waits two seconds for what does not finish, however often one asks", async () => {
  const app = createApp();
  const finish = vi.fn(() => new Promise<void>(() => {}));
  finishBeforeQuit(app, finish);
  app.quit();
  app.quit();
  await vi.advanceTimersByTimeAsync(QUIT_WITHIN_MS - 1);
  expect(app.held).toEqual([true, true]);
  await vi.advanceTimersByTimeAsync(1);
  expect(app.held).toEqual([true, true, false]);
  expect(finish).toHaveBeenCalledOnce();
});

test("quits although finishing failed", async () => {
  const app = createApp();
  finishBeforeQuit(app, () => Promise.reject(new Error("disk full")));
  app.quit();
  await vi.advanceTimersByTimeAsync(0);
  expect(app.held).toEqual([true, false]);
});
