import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { troubles } from "../test/model-server.ts";
import { live, seconds, seededRandom } from "../test/outage.ts";
import { createWorld, licenseKey } from "../test/world.ts";

describe("a signed refusal", () => {
  it("of a suspended license stops the app at the next heartbeat, and is doubted every hour", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "suspended", seconds: 301 }]);
    expect(latchkey.state).toMatchObject({
      name: "blocked",
      validationCode: "SUSPENDED",
      signed: true,
      mayRun: false,
    });
    await live(world, [{ mode: "ok", seconds: 3_000 }]);
    expect(latchkey.state.name).toBe("blocked");
    await live(world, [{ mode: "ok", seconds: 900 }]);
    expect(latchkey.state.name).toBe("running");
  });

  it("of a suspended license is asked again on demand", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "suspended", seconds: 301 }]);
    world.server.setMode("ok");
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: true });
  });

  it("for want of a seat makes the client wait and ask every 30 to 60 s", async () => {
    const world = createWorld({ random: seededRandom(7) });
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "full", seconds: 320 }]);
    expect(latchkey.state).toMatchObject({ name: "waiting", maxSeats: 1, usedSeats: 1 });
    const before = world.server.calls.length;
    await world.time.advance(600_000);
    const gaps = world.server.calls
      .slice(before)
      .map(({ atMs }, index, all) => atMs - (all[index - 1]?.atMs ?? atMs))
      .slice(1);
    expect(gaps.length).toBeGreaterThan(8);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(30_000);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(60_100);
    await live(world, [{ mode: "ok", seconds: 61 }]);
    expect(latchkey.state.name).toBe("running");
  });

  it("because the session has ended brings a new session, without stopping the app", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    const sinceMs = world.time.trueMs();
    await live(world, [
      { mode: "ended", seconds: 301 },
      { mode: "ok", seconds: 301 },
    ]);
    expect(latchkey.state.name).toBe("running");
    expect(world.seen.filter(({ atMs, state }) => atMs > sinceMs && !state.mayRun)).toEqual([]);
    expect(world.server.calls.slice(-3).map(({ path }) => path)).toEqual([
      "seats.heartbeat",
      "seats.acquire",
      "seats.heartbeat",
    ]);
  });

  it("keeps old leases out: what was granted before cannot be played back", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [
      { mode: "suspended", seconds: 301 },
      { mode: "replay", seconds: 10 },
    ]);
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: false });
    expect(latchkey.state.mayRun).toBe(false);

    world.crash();
    const again = world.launch();
    expect(await world.finish(again.acquire())).toMatchObject({ ok: false });
    expect(again.state.mayRun).toBe(false);
  });
});

describe("an answer that proves nothing", () => {
  it.each(troubles)("never takes a held lease away: %s", async (mode) => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await live(world, [{ mode, seconds: 900 }]);
    expect(latchkey.state).toMatchObject({ name: "offline", mayRun: true });
    expect(latchkey.state.problem?.code).toBe("NETWORK");
    latchkey.tryNow();
    await live(world, [{ mode: "ok", seconds: 1 }]);
    expect(latchkey.state).toMatchObject({ name: "running", problem: null });
  });

  it("may be shown as the reason while there is no lease to give up", async () => {
    const world = createWorld();
    const latchkey = world.launch();
    await world.finish(latchkey.activate(licenseKey));
    await world.finish(latchkey.release());
    world.server.setMode("unsignedSuspended");
    const acquired = await world.finish(latchkey.acquire());
    expect(acquired).toMatchObject({
      ok: false,
      error: { code: "LICENSE_NOT_USABLE", validationCode: "SUSPENDED", signed: false },
    });
    expect(latchkey.state).toMatchObject({ name: "blocked", signed: false });
  });

  it("is another machine's refusal too: shown, and not as a signed one", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await world.finish(latchkey.release());
    world.server.setMode("othersRefusal");
    expect(await world.finish(latchkey.acquire())).toMatchObject({
      ok: false,
      error: { validationCode: "SUSPENDED", signed: false },
    });
    expect(latchkey.state).toMatchObject({ name: "blocked", signed: false });
  });

  it("is trouble for an activation too, and leaves the client unlicensed", async () => {
    const world = createWorld();
    world.server.setMode("html");
    const latchkey = world.launch();
    const activated = await world.finish(latchkey.activate(licenseKey));
    expect(activated).toMatchObject({ ok: false, error: { code: "NETWORK" } });
    expect(latchkey.state.name).toBe("unlicensed");
  });
});

describe("leases", () => {
  it("are never replaced by older ones, however often those are served", async () => {
    const anyMode = fc.constantFrom(
      ...(["ok", "replay", "oldLease", "answerLost", "ended", "slow"] as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.array(fc.record({ mode: anyMode, seconds: seconds(1, 700) }), { maxLength: 8 }),
        async (dice, stretches) => {
          const world = createWorld({ random: seededRandom(dice) });
          const latchkey = await world.launchRunning();
          await live(world, stretches);
          await live(world, [{ mode: "ok", seconds: 700 }]);
          const sent = world.server.heartbeatClaims();
          for (const [index, claims] of sent.entries()) {
            const before = sent[index - 1];
            if (before === undefined) continue;
            expect(claims.iat).toBeGreaterThanOrEqual(before.iat);
            const growth = claims.sid === before.sid ? claims.seq - before.seq : 0;
            expect(growth).toBeGreaterThanOrEqual(0);
          }
          expect(latchkey.state.name).toBe("running");
          expect(world.server.mostInFlight()).toBe(1);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("signed by a new key are believed when a pinned key vouches for it, also after a restart", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await world.server.rotateKey();
    await world.server.rotateKey();
    await live(world, [{ mode: "ok", seconds: 400 }]);
    expect(latchkey.state).toMatchObject({ name: "running", problem: null });

    world.crash();
    world.server.setMode("unreachable");
    const again = world.launch();
    expect(await world.finish(again.acquire())).toMatchObject({ ok: true });
    expect(again.state.name).toBe("offline");
  });
});
