import { describe, expect, it } from "vitest";
import { memoryStorage } from "./storage.ts";
import { live } from "../test/outage.ts";
import { createWorld, licenseKey } from "../test/world.ts";

describe("createLatchkey", () => {
  it("activates, takes a seat, renews it and gives it back", async () => {
    const world = createWorld();
    const latchkey = world.launch();

    const activation = await world.finish(latchkey.activate(licenseKey.toLowerCase()));
    expect(activation).toMatchObject({ ok: true, license: { status: "active" } });
    const acquired = await world.finish(latchkey.acquire());
    expect(acquired).toMatchObject({
      ok: true,
      state: { name: "running", mayRun: true, seat: { by: "lease", limits: { projects: 3 } } },
    });
    await world.time.advance(20 * 60_000);

    expect(world.server.calls.map(({ path }) => path)).toEqual([
      "machines.activate",
      "seats.acquire",
      ...Array.from({ length: 4 }, () => "seats.heartbeat"),
    ]);
    expect(await world.finish(latchkey.release())).toEqual({ ok: true });
    expect(latchkey.state.name).toBe("released");
    expect(world.server.hasSession()).toBe(false);
    expect(world.errors).toEqual([]);
  });

  it("sends what the contract asks for, and no more", async () => {
    const world = createWorld();
    await world.launchRunning();
    const [activate, acquire] = world.server.calls.map(({ input }) => input);
    expect(activate).toEqual({
      licenseKey,
      fingerprint: "fp-0123456789abcdef",
      name: "desk",
      platform: "linux",
      appVersion: "1.0.0",
    });
    expect(acquire).toEqual({
      licenseKey,
      fingerprint: "fp-0123456789abcdef",
      appVersion: "1.0.0",
      nonce: expect.any(String),
    });
  });

  it("finds the key in a pasted mail, and names a typing error without asking the server", async () => {
    const world = createWorld();
    const latchkey = world.launch();
    const mail = `Thank you!\n\n> Your key: ${licenseKey}\n\nHave fun.`;
    expect(await world.finish(latchkey.activate(mail))).toMatchObject({ ok: true });

    const other = createWorld();
    const typo = licenseKey.slice(0, -1) + (licenseKey.endsWith("0") ? "1" : "0");
    expect(await other.launch().activate(typo)).toMatchObject({
      ok: false,
      error: { code: "KEY_MALFORMED" },
    });
    expect(other.server.calls).toEqual([]);
  });

  it("asks for a key before a seat, and for a release before another key", async () => {
    const world = createWorld();
    const fresh = world.launch();
    expect(await fresh.acquire()).toMatchObject({ ok: false, error: { code: "UNLICENSED" } });
    expect(await fresh.validate()).toMatchObject({ ok: false, error: { code: "UNLICENSED" } });

    const latchkey = await world.launchRunning();
    expect(await latchkey.activate(licenseKey)).toMatchObject({
      ok: false,
      error: { code: "SEAT_HELD" },
    });
  });

  it("remembers the license after a restart", async () => {
    const world = createWorld();
    await world.launchRunning();
    world.crash();
    const again = world.launch();
    await again.ready;
    expect(again.state.name).toBe("released");
    expect(await world.finish(again.acquire())).toMatchObject({ ok: true });
    expect(again.state.name).toBe("running");
  });

  it("validates beside the heartbeats, one call at a time", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    world.server.setMode("slow");
    await world.time.advance(299_000);
    const before = world.server.calls.length;
    const validation = latchkey.validate({ features: ["export"] });
    await world.time.advance(10_000);
    expect(await validation).toMatchObject({
      ok: true,
      validation: { valid: true, license: null },
    });
    expect(world.server.mostInFlight()).toBe(1);
    expect(world.server.calls.slice(before, before + 2).map(({ path }) => path)).toEqual([
      "licenses.validate",
      "seats.heartbeat",
    ]);
  });

  it("works on when its storage fails, and says so", async () => {
    const world = createWorld({
      storage: {
        load: () => Promise.reject(new Error("the disk is gone")),
        save: () => Promise.reject(new Error("the disk is full")),
      },
    });
    const latchkey = await world.launchRunning();
    await live(world, [{ mode: "unreachable", seconds: 900 }]);
    expect(latchkey.state.name).toBe("offline");
    expect(world.errors.length).toBeGreaterThan(1);
  });

  it.each(["", "{", "null", '{"version":2}', '{"version":1,"key":7}'])(
    "begins anew when what was stored is %j",
    async (text) => {
      const storage = memoryStorage();
      await storage.save("license", text);
      const latchkey = createWorld({ storage }).launch();
      await latchkey.ready;
      expect(latchkey.state.name).toBe("unlicensed");
    },
  );

  it("does not believe a stored lease whose signature does not hold", async () => {
    const world = createWorld();
    await world.launchRunning();
    const text = (await world.storage.load("license")) ?? "";
    await world.storage.save("license", text.replace(/"lease":"[^"]{40}/, '"lease":"x'));
    world.crash();
    world.server.setMode("unreachable");
    const again = world.launch();
    expect(await world.finish(again.acquire())).toMatchObject({
      ok: false,
      error: { code: "NETWORK" },
    });
    expect(again.state).toMatchObject({ name: "acquiring", mayRun: false });
  });

  it("goes on when a listener throws, and reports it", async () => {
    const world = createWorld();
    const latchkey = world.launch();
    latchkey.subscribe(() => {
      throw new Error("the window is gone");
    });
    expect(await world.finish(latchkey.activate(licenseKey))).toMatchObject({ ok: true });
    expect(world.errors.length).toBeGreaterThan(0);
  });
});
