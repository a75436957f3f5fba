import { setTimeout as sleep } from "node:timers/promises";
import { startHouse } from "@latchkey/testing/running-house";
import type { RunningHouse } from "@latchkey/testing/running-house";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { createFleet } from "./fleet.ts";
import type { FleetOptions } from "./options.ts";

const Keys = z.object({ keys: z.array(z.unknown()) });
const Starter = z.object({ product: z.object({ id: z.string() }) });

let house: RunningHouse;
let server: Pick<FleetOptions, "hosts" | "product" | "publicKeys">;
const buy = async () => ({
  licenseKey: await house.buy(await house.person(), "starter"),
  maxSeats: 3,
});

beforeAll(async () => {
  house = await startHouse();
  const jwks = await fetch(`${house.url}/.well-known/jwks.json`);
  const plan = await fetch(`${house.url}/api/v1/plans/starter`);
  const { product } = Starter.parse(await plan.json());
  server = { hosts: [house.url], product: product.id, publicKeys: Keys.parse(await jwks.json()) };
});
afterAll(() => house.stop());

test("a fleet that quits, crashes, sleeps and is cut off leaves every promise upheld", async () => {
  const fleet = createFleet({
    ...server,
    licenses: [await buy(), await buy(), await buy(), await buy()],
    machines: 24,
    speed: 60,
    behaviour: { churnPerMinute: 2, crashPerMinute: 2, sleepPerMinute: 1, partitionPerMinute: 1 },
    seed: 7,
  });
  await fleet.start();
  await sleep(12_000);
  const { heartbeats, acquires } = fleet.counts();
  const verdict = await fleet.stop();
  expect(verdict.violations).toEqual([]);
  expect(heartbeats).toBeGreaterThan(10);
  expect(acquires.refused).toBeGreaterThan(0);
  expect(verdict.figures).toMatchObject({ probed: 4, unprobed: 0, fullest: { held: 3 } });
});
