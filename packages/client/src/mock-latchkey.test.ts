import { expect, it } from "vitest";
import { mockLatchkey } from "./mock-latchkey.ts";
import type { LatchkeyState, StateName } from "./latchkey-state.ts";

const names: Record<StateName, boolean> = {
  unlicensed: false,
  released: false,
  activating: false,
  acquiring: false,
  running: true,
  reconnecting: true,
  offline: true,
  lapsed: false,
  waiting: false,
  blocked: false,
};

it.each(Object.entries(names))("shows %s, where the app may run: %s", (name, mayRun) => {
  const state = Object.keys(names).find((known): known is StateName => known === name);
  expect(mockLatchkey(state ?? "unlicensed").state).toMatchObject({ name, mayRun });
});

it("counts down to the minutes that it was given", () => {
  const now = new Date("2026-11-20T12:00:00.000Z");
  expect(mockLatchkey("offline", { minutesLeft: 2, now }).state).toMatchObject({
    countdown: { minutesLeft: 2, endsAt: "2026-11-20T12:02:00.000Z" },
  });
});

it("tells its subscribers when it becomes something else, until they leave", async () => {
  const mock = mockLatchkey("unlicensed");
  const seen: LatchkeyState["name"][] = [];
  const leave = mock.subscribe(({ name }) => void seen.push(name));
  await mock.activate("any key");
  mock.become("blocked", { validationCode: "EXPIRED" });
  leave();
  await mock.release();
  expect(seen).toEqual(["running", "blocked"]);
  expect(mock.state.name).toBe("released");
});
