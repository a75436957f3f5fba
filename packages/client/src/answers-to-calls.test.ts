import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { live, seconds, seededRandom } from "../test/outage.ts";
import { createWorld } from "../test/world.ts";

/** The nonces of all calls for a lease so far, in order. */
const noncesOf = (world: ReturnType<typeof createWorld>): unknown[] =>
  world.server.calls
    .filter(({ path }) => path === "seats.acquire" || path === "seats.heartbeat")
    .map(({ input }) => (typeof input === "object" && input && "nonce" in input ? input.nonce : 0));

describe("a call for a lease", () => {
  it("carries 128 bits that no call before it carried, retries too", async () => {
    const world = createWorld();
    await world.launchRunning();
    await live(world, [
      { mode: "ok", seconds: 700 },
      { mode: "answerLost", seconds: 400 },
      { mode: "ok", seconds: 400 },
    ]);
    const nonces = noncesOf(world);
    expect(nonces.length).toBeGreaterThan(6);
    for (const nonce of nonces) expect(nonce).toMatch(/^[0-9a-f]{32}$/);
    expect(new Set(nonces).size).toBe(nonces.length);
  });
});

describe("an answer to another call", () => {
  it("stretches nothing, be it signed and the newest of all: the app stops at its grace's end", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), seconds(0, 900), async (dice, healthy) => {
        const world = createWorld({ random: seededRandom(dice) });
        const latchkey = await world.launchRunning();
        await live(world, [{ mode: "ok", seconds: healthy }]);
        const graceMs = (world.server.lastLease()?.graceUntil ?? 0) * 1000;
        world.server.setMode("withheldLease");
        await world.time.advance(graceMs - world.time.trueMs() + 1_000);
        expect(latchkey.state.name).toBe("lapsed");
      }),
      { numRuns: 30 },
    );
  });

  it("does not bring a session back after the signed no that ended it", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [
      { mode: "suspended", seconds: 301 },
      { mode: "withheldLease", seconds: 5_000 },
    ]);
    expect(latchkey.state.mayRun).toBe(false);
  });

  it("is shown as unsigned where there is no lease that it could end", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await world.finish(latchkey.release());
    world.server.setMode("withheldRefusal");
    expect(await world.finish(latchkey.acquire())).toMatchObject({
      ok: false,
      error: { code: "LICENSE_NOT_USABLE", signed: false },
    });
    expect(latchkey.state).toMatchObject({ name: "blocked", signed: false });
  });
});
