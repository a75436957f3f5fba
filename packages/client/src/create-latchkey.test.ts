import { describe, expect, it } from "vitest";
import { createWorld, licenseKey } from "../test/world.ts";

describe("createLatchkey", () => {
  it("activates, takes a seat, renews it and gives it back", async () => {
    const world = createWorld();
    const latchkey = world.launch();

    const activation = await world.finish(latchkey.activate(licenseKey.toLowerCase()));
    expect(activation).toMatchObject({ ok: true, license: { status: "active" } });
    const acquired = await world.finish(latchkey.acquire());
    expect(acquired).toMatchObject({ ok: true, state: { name: "running", mayRun: true } });
    await world.time.advance(20 * 60_000);

    const paths = world.server.calls.map(({ path }) => path);
    expect(paths).toEqual([
      "machines.activate",
      "seats.acquire",
      ...Array(4).fill("seats.heartbeat"),
    ]);
    expect(await world.finish(latchkey.release())).toEqual({ ok: true });
    expect(latchkey.state.name).toBe("released");
    expect(world.server.hasSession()).toBe(false);
    expect(world.errors).toEqual([]);
  });
});
