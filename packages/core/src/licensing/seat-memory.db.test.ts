import { isDomainError } from "@latchkey/contracts";
import { createCore } from "@latchkey/core";
import { connectRedis, createSeatCache } from "@latchkey/redis";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { IssuedLicense, TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Licensing } from "./index.ts";

const anyone = callBy({ kind: "anonymous" });

let made: TestCore;
beforeAll(async () => {
  const unlimited = () => Promise.resolve();
  made = await createTestCore({
    rateLimits: {
      acquire: unlimited,
      stranger: unlimited,
      heartbeat: unlimited,
      validate: unlimited,
    },
  });
});
afterAll(() => made.close());

/** Another node of the same house, with a memory of its own. */
const aNode = (): Licensing => createCore(made.deps).licensing;

const acquire = (node: Licensing, { licenseKey }: IssuedLicense, fingerprint: string) =>
  node.acquireSeat(anyone, { licenseKey, fingerprint }).then(
    () => "granted",
    (error: unknown) => (isDomainError(error) ? error.code : Promise.reject(error)),
  );

describe("what a node remembers of a full license", () => {
  test.each(["near", "away"])(
    "does not refuse those who were seated by the judgement that it remembers, with Redis %s",
    async (how) => {
      const redis = how === "near" ? made.redis : connectRedis({ url: "redis://127.0.0.1:1" });
      const node = createCore({ ...made.deps, seatCache: createSeatCache(redis) }).licensing;
      const license = await aLicense(made, { maxSeats: 2 });
      const machines = await activatedMachines(made, license, 4);
      const all = () => Promise.all(machines.map((each) => acquire(node, license, each)));
      const first = await all();
      expect(first.toSorted()).toEqual([
        "SEATS_EXHAUSTED",
        "SEATS_EXHAUSTED",
        "granted",
        "granted",
      ]);
      expect(await all()).toEqual(first);
      if (redis !== made.redis) await redis.close();
    },
  );

  test("tells those who are seated together how many seats are used with theirs", async () => {
    const license = await aLicense(made, { maxSeats: 3 });
    const machines = await activatedMachines(made, license, 3);
    const { licenseKey } = license;
    const node = aNode();
    const held = await Promise.all(
      machines.map((fingerprint) => node.acquireSeat(anyone, { licenseKey, fingerprint })),
    );
    expect(held.map(({ seats }) => seats)).toEqual(held.map(() => ({ used: 3, max: 3 })));
  });

  test("gives way where Redis knows of a seat that another node freed, or gave", async () => {
    const [one, two] = [aNode(), aNode()];
    const license = await aLicense(made, { maxSeats: 1 });
    const { licenseKey } = license;
    const [holder = "", next = ""] = await activatedMachines(made, license, 2);
    const { lease } = await two.acquireSeat(anyone, { licenseKey, fingerprint: holder });
    // The second refusal is Redis' to confirm, and has taught it who holds the seat.
    for (let times = 0; times < 2; times += 1) {
      expect(await acquire(one, license, next)).toBe("SEATS_EXHAUSTED");
    }
    await two.releaseSeat(anyone, { lease });
    // Behind the release on the same connection.
    await made.redis.ping();
    expect(await acquire(one, license, next)).toBe("granted");
    expect(await acquire(two, license, holder)).toBe("SEATS_EXHAUSTED");
  });
});
