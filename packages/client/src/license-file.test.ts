import { fingerprintHash } from "@latchkey/license-crypto";
import type { LicenseFileClaims } from "@latchkey/license-crypto";
import { createLicenseFile } from "@latchkey/license-crypto/sign";
import { describe, expect, it } from "vitest";
import { fingerprint, issuer, licenseId, product, vendorSigner } from "../test/model-server.ts";
import { live } from "../test/outage.ts";
import { createWorld, licenseKey } from "../test/world.ts";
import type { World } from "../test/world.ts";

const hour = 3600;

const fileFor = (world: World, changes: Partial<LicenseFileClaims> = {}, encrypted = false) => {
  const iat = Math.floor(world.time.trueMs() / 1000);
  return createLicenseFile({
    signer: vendorSigner,
    encryptWithKey: encrypted ? licenseKey : undefined,
    claims: {
      v: 1,
      iss: issuer,
      aud: product,
      sub: licenseId,
      jti: "checkout-1",
      organization: "Acme",
      plan: "Starter",
      product: { id: product, name: "Sketch" },
      maxSeats: 1,
      features: { export: true },
      limits: {},
      fph: fingerprintHash(fingerprint, product),
      iat,
      exp: iat + hour,
      ...changes,
    },
  });
};

describe("a license file", () => {
  it("lets an app run without any server until its end, warns before it, and lapses", async () => {
    const world = createWorld();
    const latchkey = world.launch();
    const imported = await latchkey.file.import(await fileFor(world));
    expect(imported).toMatchObject({ ok: true, claims: { organization: "Acme" } });
    expect(latchkey.state).toMatchObject({
      name: "running",
      seat: { by: "file", features: { export: true } },
      countdown: { minutesLeft: 60 },
    });
    await world.time.advance(hour * 1000 - 1000);
    expect(latchkey.state).toMatchObject({ name: "running", countdown: { minutesLeft: 1 } });
    await world.time.advance(1000);
    expect(latchkey.state.name).toBe("lapsed");
    expect(world.warnings.map(({ minutesLeft }) => minutesLeft)).toEqual([10, 2, 0]);
    expect(world.server.calls).toEqual([]);
  });

  it("is kept for the next start, where setting the clock back gains nothing", async () => {
    const world = createWorld();
    await world.launch().file.import(await fileFor(world));
    await world.time.advance(3_000_000);
    world.crash();
    world.time.shiftWall(-40 * hour * 1000);
    const again = world.launch();
    expect(await world.finish(again.acquire())).toMatchObject({ ok: true });
    await world.time.advance(700_000);
    expect(again.state.name).toBe("lapsed");
  });

  it("takes over when the grace of a lease has ended", async () => {
    const world = createWorld();
    const latchkey = await world.launchRunning();
    await latchkey.file.import(await fileFor(world));
    expect(latchkey.state).toMatchObject({ name: "running", seat: { by: "lease" } });
    await live(world, [{ mode: "unreachable", seconds: 2_300 }]);
    expect(latchkey.state).toMatchObject({ name: "running", seat: { by: "file" } });
    world.server.setMode("ok");
    expect(await world.finish(latchkey.acquire())).toMatchObject({ ok: true });
    expect(world.server.calls.at(-1)?.path).toBe("seats.acquire");
  });

  it("that is encrypted opens with the key of this installation", async () => {
    const world = createWorld();
    const file = await fileFor(world, {}, true);
    const latchkey = await world.launchRunning();
    expect(await latchkey.file.verify(file)).toMatchObject({ ok: true });
    expect(await createWorld().launch().file.verify(file)).toMatchObject({
      ok: false,
      error: { code: "FILE_REFUSED", reason: "needs_key" },
    });
  });

  it.each([
    [
      "made for another computer",
      { fph: fingerprintHash("fp-of-another-one", product) },
      "other_machine",
    ],
    ["of another product", { aud: "another" }, "other_product"],
    ["that has expired", { iat: 1_000, exp: 2_000 }, "expired"],
  ])("%s is refused with the reason and changes nothing", async (_what, changes, reason) => {
    const world = createWorld();
    const latchkey = world.launch();
    const imported = await latchkey.file.import(await fileFor(world, changes));
    expect(imported).toMatchObject({ ok: false, error: { code: "FILE_REFUSED", reason } });
    expect(latchkey.state.name).toBe("unlicensed");
  });
});
