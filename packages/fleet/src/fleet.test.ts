import { generateLicenseKey } from "@latchkey/license-crypto";
import { afterEach, beforeAll, expect, test } from "vitest";
import { startCheatingServer } from "../test/cheating-server.ts";
import type { Cheat } from "../test/cheating-server.ts";
import { makeSigner, product } from "../test/model-house.ts";
import type { Keys } from "../test/model-house.ts";
import { createFleet } from "./fleet.ts";
import type { FleetOptions } from "./options.ts";

let keys: Keys;
let stranger: Keys;
let stop = async () => {};
beforeAll(async () => {
  [keys, stranger] = await Promise.all([makeSigner(), makeSigner()]);
});
afterEach(() => stop());

const license = { licenseKey: generateLicenseKey("LATCH"), maxSeats: 2 };
const calm = { churnPerMinute: 0, crashPerMinute: 0, sleepPerMinute: 0, partitionPerMinute: 0 };
const fleetOn = async (
  signedBy: Keys,
  { cheat, ...rest }: Partial<FleetOptions> & { readonly cheat?: Cheat } = {},
) => {
  const server = await startCheatingServer(signedBy, 2, cheat);
  ({ stop } = server);
  return createFleet({
    hosts: [server.url],
    product,
    publicKeys: keys.publicKeys,
    licenses: [license],
    machines: 3,
    speed: 90,
    behaviour: calm,
    seed: 1,
    startWithinMs: 0,
    ...rest,
  });
};

test("finds a server guilty that grants one seat too many", async () => {
  const fleet = await fleetOn(keys);
  await fleet.start();
  await fleet.until(({ heartbeats }) => heartbeats > 0, "a heartbeat is answered", 20_000);
  const { ok, violations, line } = await fleet.stop();
  expect(ok).toBe(false);
  const tooMany = violations.filter(({ kind }) => kind === "too_many_seats");
  expect(tooMany.map(({ leases }) => leases.length)).toEqual([3]);
  expect(line).toMatch(/^VIOLATED: 1 license with more live leases than seats/);
});

test("finds a server guilty that renews what it has taken back", async () => {
  const fleet = await fleetOn(keys, { machines: 2, licenses: [{ ...license, shared: true }] });
  await fleet.start();
  const { violations, figures } = await fleet.stop();
  // Of two machines, and of two fresh ones.
  expect(violations.map(({ kind }) => kind)).toEqual(Array(4).fill("lost_release"));
  expect(figures.releasesRechecked).toBe(0);
});

test("finds a server guilty that signs with a key of its own, and takes no seat from it", async () => {
  const fleet = await fleetOn(stranger, { machines: 1 });
  void fleet.start();
  await fleet.until(() => fleet.ledger().calls.length > 0, "an acquire is answered", 20_000);
  expect(fleet.counts().machines.running).toBe(0);
  const { violations } = await fleet.stop();
  expect(new Set(violations.map(({ kind }) => kind))).toEqual(new Set(["unsigned_or_forged"]));
});

test("believes a key that the pinned one vouches for, as its machines do", async () => {
  const fleet = await fleetOn(keys, { machines: 2, cheat: { rotatedTo: stranger } });
  await fleet.start();
  await fleet.until(({ machines }) => machines.running === 2, "all run", 20_000);
  const { violations, figures } = await fleet.stop();
  expect(figures.leasesVerified).toBeGreaterThanOrEqual(2);
  expect(violations.map(({ kind }) => kind)).not.toContain("unsigned_or_forged");
});

test("asks again before it takes a seat for lost that a fresh machine was refused at first", async () => {
  const fleet = await fleetOn(keys, { machines: 1, cheat: { refusesFirst: true } });
  await fleet.start();
  await fleet.until(({ machines }) => machines.running === 1, "it runs", 20_000);
  const { violations, figures } = await fleet.stop();
  expect(figures).toMatchObject({ probed: 1, unprobed: 0 });
  expect(violations.map(({ detail }) => detail).join(" ")).not.toContain("Everybody had quit");
});

test("says what it waited for in vain, and what there was instead", async () => {
  const fleet = await fleetOn(keys, { machines: 1 });
  await fleet.start();
  await expect(
    fleet.until(({ machines }) => machines.lapsed === 1, "it lapses", 100),
  ).rejects.toThrow(/Not within 100 ms: it lapses\. machines: 1 running/);
  await fleet.stop();
});
