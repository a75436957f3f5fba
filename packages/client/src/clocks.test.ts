import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyTrouble, live, seconds, seededRandom } from "../test/outage.ts";
import { createWorld } from "../test/world.ts";

const hour = 3_600_000;
const runs = { numRuns: 60 };
const dice = fc.integer({ min: 0, max: 2 ** 31 });

describe("a restart without a network", () => {
  it("goes on by the stored lease inside its grace, and counts from the grace's end", async () => {
    const world = createWorld();
    await world.launchRunning();
    const graceMs = (world.server.lastLease()?.graceUntil ?? 0) * 1000;
    world.server.setMode("unreachable");
    world.crash();
    await world.time.advance(1_000_000);
    const latchkey = world.launch();
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: true });
    expect(latchkey.state).toMatchObject({
      name: "offline",
      countdown: { endsAt: new Date(graceMs).toISOString() },
    });
  });

  it("is lapsed past the grace, and goes on by itself when the server answers", async () => {
    const world = createWorld();
    await world.launchRunning();
    world.server.setMode("unreachable");
    world.crash();
    await world.time.advance(2_200_000);
    const latchkey = world.launch();
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: false });
    expect(latchkey.state.name).toBe("lapsed");
    await live(world, [{ mode: "ok", seconds: 70 }]);
    expect(latchkey.state.name).toBe("running");
  });

  it("does not lock out a machine whose wall clock always runs hours ahead", async () => {
    const world = createWorld();
    world.time.shiftWall(5 * hour);
    await world.launchRunning();
    world.server.setMode("unreachable");
    world.crash();
    await world.time.advance(600_000);
    const latchkey = world.launch();
    await world.finish(latchkey.acquire());
    expect(latchkey.state.name).toBe("offline");
  });
});

describe("setting the wall clock back", () => {
  it("before a restart gains nothing: time goes on from the latest that was known", async () => {
    const world = createWorld();
    await world.launchRunning();
    const graceMs = (world.server.lastLease()?.graceUntil ?? 0) * 1000;
    world.server.setMode("unreachable");
    await world.time.advance(1_500_000);
    world.crash();
    world.time.shiftWall(-hour);
    const latchkey = world.launch();
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: true });
    const leftMs = graceMs - world.time.trueMs();
    // A crash forgets the minute since the time was last written down.
    await world.time.advance(leftMs + 61_000);
    expect(latchkey.state.name).toBe("lapsed");
  });

  it("never extends the time without the server, not across restarts either", async () => {
    const step = fc.record({
      runSeconds: seconds(61, 600),
      backMs: fc.integer({ max: 48 * hour, min: 0 }),
    });
    await fc.assert(
      fc.asyncProperty(
        dice,
        anyTrouble,
        fc.array(fc.tuple(step, fc.boolean()), { minLength: 4, maxLength: 14 }),
        async (seed, mode, steps) => {
          const world = createWorld({ random: seededRandom(seed) });
          await world.launchRunning();
          world.server.setMode(mode);
          for (const [{ runSeconds, backMs }, restarts] of steps) {
            if (restarts) {
              world.crash();
              await world.finish(world.launch().acquire());
            }
            await world.time.advance(runSeconds * 1000);
            world.time.shiftWall(-backMs);
          }
          // What a crash may lose is the time since it was last written down.
          const restarts = steps.filter(([, restarted]) => restarted).length;
          expect(world.workedMs()).toBeLessThanOrEqual(2_161_000 + restarts * 61_000);
        },
      ),
      runs,
    );
  });

  it("changes nothing for an app that runs", async () => {
    await fc.assert(
      fc.asyncProperty(dice, fc.integer({ min: 1, max: 400 * hour }), async (seed, backMs) => {
        const world = createWorld({ random: seededRandom(seed) });
        const latchkey = await world.launchRunning();
        await live(world, [{ mode: "unreachable", seconds: 700 }]);
        const before = latchkey.state.name === "offline" ? latchkey.state.countdown.endsAt : null;
        world.time.shiftWall(-backMs);
        await world.time.advance(600_000);
        const after = latchkey.state.name === "offline" ? latchkey.state.countdown.endsAt : null;
        expect(before).not.toBe(null);
        expect(after).toBe(before);
        await world.time.advance(1_000_000);
        expect(latchkey.state.name).toBe("lapsed");
      }),
      runs,
    );
  });
});

describe("a clock that jumps ahead", () => {
  it("stops nobody whose server answers, and costs one heartbeat", async () => {
    await fc.assert(
      fc.asyncProperty(
        dice,
        fc.array(fc.tuple(seconds(1, 600), fc.integer({ min: 11_000, max: 9_000 * hour })), {
          maxLength: 6,
        }),
        async (seed, jumps) => {
          const world = createWorld({ random: seededRandom(seed) });
          const latchkey = await world.launchRunning();
          const sinceMs = world.time.trueMs();
          for (const [wait, jumpMs] of jumps) {
            await world.time.advance(wait * 1000);
            world.time.shiftWall(jumpMs);
          }
          await world.time.advance(60_000);
          expect(world.seen.filter(({ atMs, state }) => atMs > sinceMs && !state.mayRun)).toEqual(
            [],
          );
          expect(latchkey.state.name).toBe("running");
        },
      ),
      runs,
    );
  });
});

describe("sleep", () => {
  it.each([
    ["counts", true],
    ["stands still", false],
  ])(
    "past the grace with the network back on waking: the monotonic clock %s",
    async (_how, counts) => {
      const world = createWorld();
      const latchkey = await world.launchRunning();
      const sinceMs = world.time.trueMs();
      world.server.forgetSession();
      await world.time.sleep(8 * hour, counts);
      await world.time.advance(31_000);
      expect(latchkey.state.name).toBe("running");
      expect(world.seen.filter(({ atMs, state }) => atMs > sinceMs && !state.mayRun)).toEqual([]);
    },
  );

  it.each([
    ["counts", true],
    ["stands still", false],
  ])(
    "past the grace without a network ends in a lapse, 30 s after waking at the soonest: the monotonic clock %s",
    async (_how, counts) => {
      for (const offlineFirst of [true, false]) {
        const world = createWorld();
        const latchkey = await world.launchRunning();
        if (offlineFirst) await live(world, [{ mode: "unreachable", seconds: 700 }]);
        world.server.setMode("unreachable");
        await world.time.sleep(8 * hour, counts);
        await world.time.advance(15_000);
        expect(latchkey.state.mayRun).toBe(true);
        await world.time.advance(75_000);
        expect(latchkey.state.name).toBe("lapsed");
      }
    },
  );

  it("again and again past the end extends nothing", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "unreachable", seconds: 700 }]);
    await world.time.sleep(8 * hour, false);
    for (let times = 0; times < 8; times += 1) {
      await world.time.advance(10_000);
      await world.time.sleep(60_000, times % 2 === 0);
    }
    expect(latchkey.state.name).toBe("lapsed");
  });
});
