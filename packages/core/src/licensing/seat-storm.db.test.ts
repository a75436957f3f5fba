import { connect, createServer } from "node:net";
import type { Socket } from "node:net";
import { isDomainError } from "@latchkey/contracts";
import { createCore } from "@latchkey/core";
import type { Database } from "@latchkey/db";
import { connectRedis, createSeatCache } from "@latchkey/redis";
import type { RedisConnection } from "@latchkey/redis";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";

const anyone = callBy({ kind: "anonymous" });
const staff = callBy({ kind: "staff", userId: "staff", email: "staff@test", role: "admin" });

let made: TestCore;
let closing: (() => unknown)[] = [];
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
afterEach(async () => {
  await Promise.all(closing.map((close) => close()));
  closing = [];
});
afterAll(() => made.close());

/** Redis behind a relay that stops to pass on anything when it is told to, as a frozen server does. */
const freezableRedis = async () => {
  const { hostname, port, pathname } = new URL(made.redisUrl);
  const sockets: Socket[] = [];
  const relay = createServer((socket) => {
    const upstream = connect(Number(port), hostname);
    sockets.push(socket, upstream);
    for (const each of [socket, upstream]) each.on("error", () => undefined);
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  if (address === null || typeof address === "string") throw new Error("the relay has no port");
  const redis = connectRedis({ url: `redis://127.0.0.1:${address.port}${pathname}` });
  closing.push(
    () => redis.close(),
    () => {
      for (const socket of sockets) socket.destroy();
      relay.close();
    },
  );
  await redis.ready();
  return {
    redis,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
  };
};

const redisThatIs = {
  near: async () => ({ redis: made.redis, freeze: () => undefined }),
  away: async () => {
    const redis = connectRedis({ url: "redis://127.0.0.1:1" });
    closing.push(() => redis.close());
    return { redis, freeze: () => undefined };
  },
  frozen: freezableRedis,
};

/** A node of its own that counts its transactions. */
const aNode = (redis: RedisConnection) => {
  let transactions = 0;
  const drizzle: Database["drizzle"] = Object.create(made.database.drizzle);
  drizzle.transaction = (...work) => {
    transactions += 1;
    return made.database.drizzle.transaction(...work);
  };
  const { licensing } = createCore({
    ...made.deps,
    database: { ...made.database, drizzle },
    seatCache: createSeatCache(redis),
  });
  return { licensing, transactions: () => transactions };
};

const machineCount = 12;

const aHouse = async (node: ReturnType<typeof aNode>, maxSeats: number) => {
  const license = await aLicense(made, { maxSeats });
  const fingerprints = await activatedMachines(made, license, maxSeats + machineCount);
  const leases: string[] = [];
  const acquire = (fingerprint: string): Promise<string> =>
    node.licensing.acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint }).then(
      ({ lease }) => {
        leases.push(lease);
        return "granted";
      },
      (error: unknown) => (isDomainError(error) ? error.code : Promise.reject(error)),
    );
  const holders = fingerprints.slice(0, maxSeats);
  for (const fingerprint of holders) await acquire(fingerprint);
  const others = fingerprints.slice(maxSeats);
  return { ...license, licensing: node.licensing, acquire, leases, holders, others };
};

describe("a storm of refused acquires", () => {
  test.each(["near", "away", "frozen"] as const)(
    "costs one transaction per license and second at most, with Redis %s",
    async (how) => {
      const { redis, freeze } = await redisThatIs[how]();
      const node = aNode(redis);
      // One license: those that are judged together share a transaction, so that several would hide the bound.
      const { acquire, others } = await aHouse(node, 2);
      const wave = () => Promise.all(others.map((each) => acquire(each)));
      await wave();
      freeze();

      const before = node.transactions();
      const startedMs = performance.now();
      let refused = 0;
      while (performance.now() - startedMs < 3000) {
        const answers = await wave();
        expect(new Set(answers)).toEqual(new Set(["SEATS_EXHAUSTED"]));
        refused += answers.length;
      }
      const seconds = (performance.now() - startedMs) / 1000;
      const cost = node.transactions() - before;
      // The last second of the storm may have just begun.
      expect(cost).toBeLessThanOrEqual(Math.ceil(seconds));
      // It is asked again: what it said once refuses nobody for good.
      expect(cost).toBeGreaterThanOrEqual(1);
      expect(refused).toBeGreaterThan(4 * cost);
    },
  );

  test("looks up the keys that come together by one transaction", async () => {
    const { redis } = await redisThatIs.near();
    const node = aNode(redis);
    const licenses = await Promise.all(Array.from({ length: 20 }, () => aLicense(made)));
    const before = node.transactions();
    const codes = await Promise.all(
      licenses.map(({ licenseKey }) =>
        node.licensing
          .acquireSeat(anyone, { licenseKey, fingerprint: "nobody-has-activated-this" })
          .catch((error: unknown) =>
            isDomainError(error, "LICENSE_NOT_USABLE") ? error.details.validationCode : error,
          ),
      ),
    );
    expect(new Set(codes)).toEqual(new Set(["NO_MACHINE"]));
    // Their keys, the product's keys that sign the refusals, and the judgement of all.
    expect(node.transactions() - before).toBeLessThanOrEqual(3);
  });

  test.each(["near", "away"] as const)(
    "refuses no holder its own seat, and a free one to nobody, with Redis %s",
    async (how) => {
      const { redis } = await redisThatIs[how]();
      const house = await aHouse(aNode(redis), 2);
      const { acquire, holders, leases, others, licensing } = house;
      const [outsider = "", next = ""] = others;
      for (const holder of holders) {
        expect(await acquire(outsider)).toBe("SEATS_EXHAUSTED");
        expect(await acquire(holder)).toBe("granted");
      }
      expect(await acquire(outsider)).toBe("SEATS_EXHAUSTED");
      await licensing.releaseSeat(anyone, { lease: leases[0] ?? "" });
      expect(await acquire(next)).toBe("granted");
    },
  );
});

describe("a license that was reinstated on another node", () => {
  test("is never called suspended by a node that remembers it so", async () => {
    const { redis } = await redisThatIs.near();
    const node = aNode(redis);
    const { acquire, holders, licenseId } = await aHouse(node, 1);
    const [holder = ""] = holders;
    for (let times = 0; times < 3; times += 1) {
      await made.core.licensing.suspendLicense(staff, { licenseId, reason: "test" });
      expect(await acquire(holder)).toBe("LICENSE_NOT_USABLE");
      await made.core.licensing.reinstateLicense(staff, { licenseId, reason: "test" });
      expect(await acquire(holder)).toBe("granted");
    }
  });
});
