import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyOutage, anyTrouble, live, seconds, seededRandom } from "../test/outage.ts";
import { createWorld } from "../test/world.ts";
import type { World } from "../test/world.ts";

const runs = { numRuns: 60 };
const seed = fc.integer({ min: 0, max: 2 ** 31 });

/** When the app was first told that it may not run, in ms of the true time; null if never. */
const stoppedAtMs = (world: World, fromMs: number): number | null =>
  world.seen.find(({ atMs, state }) => atMs > fromMs && !state.mayRun)?.atMs ?? null;

/** The end that the design promises: `min(offlineSince + 1800 s, graceUntil)`, in ms. */
const promisedEndMs = (world: World): number => {
  const offline = world.seen.findLast(({ state }) => state.name === "offline");
  const first = world.seen.find(
    ({ state }) =>
      state.name === "offline" &&
      offline?.state.name === "offline" &&
      state.sinceAt === offline.state.sinceAt,
  );
  const graceMs = (world.server.lastLease()?.graceUntil ?? 0) * 1000;
  return Math.min((first?.atMs ?? Infinity) + 1_800_000, graceMs);
};

describe("an outage", () => {
  it("shorter than the grace never stops the app, whatever answers in the server's place", async () => {
    await fc.assert(
      fc.asyncProperty(seed, seconds(0, 900), anyOutage(1_780), async (dice, healthy, outage) => {
        const world = createWorld({ random: seededRandom(dice) });
        const latchkey = await world.launchRunning();
        const sinceMs = world.time.trueMs();
        await live(world, [{ mode: "ok", seconds: healthy }, ...outage]);
        expect(stoppedAtMs(world, sinceMs)).toBe(null);
        await live(world, [{ mode: "ok", seconds: 330 }]);
        expect(latchkey.state.name).toBe("running");
        expect(stoppedAtMs(world, sinceMs)).toBe(null);
        expect(world.server.mostInFlight()).toBe(1);
        expect(world.errors).toEqual([]);
      }),
      runs,
    );
  });

  it("longer than the grace stops the app at its end, not before and not after", async () => {
    await fc.assert(
      fc.asyncProperty(seed, seconds(0, 900), anyTrouble, async (dice, healthy, mode) => {
        const world = createWorld({ random: seededRandom(dice) });
        const latchkey = await world.launchRunning();
        const sinceMs = world.time.trueMs();
        await live(world, [
          { mode: "ok", seconds: healthy },
          { mode, seconds: 2_400 },
        ]);
        expect(latchkey.state.mayRun).toBe(false);
        const endMs = promisedEndMs(world);
        const stopMs = stoppedAtMs(world, sinceMs) ?? 0;
        // A lease tells whole seconds and is a little old when it arrives: both favour the user.
        expect(stopMs).toBeGreaterThanOrEqual(endMs);
        expect(stopMs).toBeLessThan(endMs + 1_500);
        await live(world, [{ mode: "ok", seconds: 400 }]);
        expect(latchkey.state.name).toBe("running");
      }),
      runs,
    );
  });

  it("warns 10 and 2 minutes before the end, then at the end, once each", async () => {
    const world = createWorld();
    await world.launchRunning();
    await live(world, [{ mode: "unreachable", seconds: 2_400 }]);
    const endMs = promisedEndMs(world);
    const early = world.warnings.map(({ atMs, minutesLeft }) => [
      minutesLeft,
      Math.round((endMs - atMs) / 60_000),
    ]);
    expect(early).toEqual([
      [10, 10],
      [2, 2],
      [0, 0],
    ]);
  });

  it("is retried every 5 minutes, and every 5 s in the last half minute", async () => {
    const world = createWorld({ random: () => 0.5 });
    await world.launchRunning();
    world.server.setMode("unreachable");
    await world.time.advance(400_000);
    const before = world.server.calls.length;
    await world.time.advance(1_800_000);
    const gaps = world.server.calls
      .slice(before - 1)
      .map(({ atMs }, index, all) => Math.round((atMs - (all[index - 1]?.atMs ?? atMs)) / 1000));
    expect(gaps.slice(1, 6)).toEqual([300, 300, 300, 300, 300]);
    expect(gaps.slice(6, 12)).toEqual([270, 5, 5, 5, 5, 5]);
  });

  it("ends at once when the network is reported to be back, even during a hanging call", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "hang", seconds: 600 }]);
    expect(latchkey.state.name).toBe("offline");
    latchkey.tryNow();
    await world.time.advance(100);
    world.server.setMode("ok");
    latchkey.networkReturned();
    await world.time.advance(7_500);
    expect(latchkey.state.name).toBe("running");
  });

  it("that hangs gets 3 retries within 45 s, then one acquire, while the lease still lives", async () => {
    await fc.assert(
      fc.asyncProperty(seed, anyTrouble, async (dice, mode) => {
        const world = createWorld({ random: seededRandom(dice) });
        const latchkey = await world.launchRunning();
        const leaseEndMs = (world.server.lastLease()?.exp ?? 0) * 1000;
        const before = world.server.calls.length;
        world.server.setMode(mode);
        while (latchkey.state.name !== "offline") await world.time.advance(1_000);
        const calls = world.server.calls
          .slice(before)
          .filter(({ path }) => path.startsWith("seats."));
        const heartbeats = calls.filter(({ path }) => path === "seats.heartbeat");
        const immediate = ["leaseInvalid", "unsignedEnded"].includes(mode);
        expect(heartbeats.length).toBeLessThanOrEqual(immediate ? 1 : 4);
        expect(heartbeats.length).toBeGreaterThanOrEqual(immediate ? 1 : 3);
        const [first, last] = [heartbeats.at(0), heartbeats.at(-1)];
        expect((last?.atMs ?? 0) - (first?.atMs ?? 0)).toBeLessThanOrEqual(45_000);
        expect(last?.atMs).toBeLessThan(leaseEndMs);
        expect(calls.at(-1)?.path).toBe("seats.acquire");
      }),
      runs,
    );
  });
});

describe("while the network works", () => {
  it("every heartbeat comes before the lease it renews has ended, one call at a time", async () => {
    await fc.assert(
      fc.asyncProperty(seed, fc.constantFrom("ok", "slow"), async (dice, mode) => {
        const world = createWorld({ random: seededRandom(dice) });
        const latchkey = await world.launchRunning();
        await live(world, [{ mode, seconds: 4_000 }]);
        expect(world.server.lateHeartbeats()).toBe(0);
        expect(world.server.mostInFlight()).toBe(1);
        expect(latchkey.state.name).toBe("running");
        const gaps = world.server.calls
          .filter(({ path }) => path !== "machines.activate")
          .map(({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? atMs))
          .slice(1);
        for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(285_000 - 1);
        for (const gap of gaps) expect(gap).toBeLessThanOrEqual(315_000 + 1);
      }),
      runs,
    );
  });

  it("single lost answers are made good without the app noticing more than a reconnect", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await world.time.advance(290_000);
    world.server.setMode("answerLost");
    await world.time.advance(10_500);
    expect(latchkey.state.name).toBe("reconnecting");
    world.server.setMode("ok");
    await world.time.advance(45_000);
    expect(latchkey.state).toMatchObject({ name: "running", problem: null });
  });
});
