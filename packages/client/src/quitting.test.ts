import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { live, seconds, seededRandom } from "../test/outage.ts";
import { createWorld, licenseKey } from "../test/world.ts";

describe("quitting", () => {
  it("always gives the seat back when the server answers, at whatever moment, within 2 s", async () => {
    const anyMode = fc.constantFrom("ok", "unreachable", "hang", "slow", "error500" as const);
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.record({ mode: anyMode, seconds: seconds(0, 900) }), { maxLength: 3 }),
        fc.integer({ min: 0, max: 400_000 }),
        async (dice, before, waitMs) => {
          const world = createWorld({ random: seededRandom(dice) });
          const latchkey = await world.launchRunning();
          await live(world, before);
          world.server.setMode("ok");
          await world.time.advance(waitMs);
          const sinceMs = world.time.trueMs();
          await world.finish(latchkey.stop());
          expect(world.time.trueMs() - sinceMs).toBeLessThanOrEqual(2_020);
          expect(world.server.hasSession()).toBe(false);
          const calls = world.server.calls.length;
          await world.time.advance(4_000_000);
          expect(world.server.calls.length).toBe(calls);
        },
      ),
      { numRuns: 80 },
    );
  });

  it("during the first acquire gives back the seat that its answer brings", async () => {
    const world = createWorld();
    const latchkey = world.launch();
    const activation = latchkey.activate(licenseKey);
    await world.finish(activation);
    expect(latchkey.state.name).toBe("acquiring");
    await world.finish(latchkey.stop());
    expect(world.server.calls.at(-1)?.path).toBe("seats.release");
    expect(world.server.hasSession()).toBe(false);
  });

  it.each(["unreachable", "hang", "error500"] as const)(
    "takes 2 s at most when the answer is %s",
    async (mode) => {
      const world = createWorld();
      const latchkey = await world.launchRunning();
      world.server.setMode(mode);
      const sinceMs = world.time.trueMs();
      await world.finish(latchkey.stop());
      expect(world.time.trueMs() - sinceMs).toBeLessThanOrEqual(2_020);
      expect(await latchkey.acquire()).toMatchObject({ ok: false, error: { code: "STOPPED" } });
    },
  );

  it("is not held up by a validation that hangs", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    world.server.setMode("hang");
    const validation = latchkey.validate();
    await world.time.advance(500);
    world.server.setMode("ok");
    await world.finish(latchkey.stop());
    expect(world.server.hasSession()).toBe(false);
    expect(await validation).toMatchObject({ ok: false, error: { code: "NETWORK" } });
  });

  it("by release keeps the license: a seat can be taken again", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "ok", seconds: 100 }]);
    expect(await world.finish(latchkey.release())).toEqual({ ok: true });
    expect(latchkey.state.name).toBe("released");
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: true });
    expect(latchkey.state.name).toBe("running");
  });
});
