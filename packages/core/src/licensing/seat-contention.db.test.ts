import { isDomainError } from "@latchkey/contracts";
import type { HeldSeat } from "@latchkey/contracts";
import { createCore } from "@latchkey/core";
import { connectDatabase, newId, transact } from "@latchkey/db";
import { machines, sessions } from "@latchkey/db/schema";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { verifyLease } from "@latchkey/license-crypto/verify";
import { connectRedis, createSeatCache } from "@latchkey/redis";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { IssuedLicense, TestCore } from "@latchkey/testing/test-core";
import { and, eq, isNull } from "drizzle-orm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";
import type { Licensing } from "./index.ts";

/** How often a machine may ask is not what is tested here. */
const unlimited = {
  acquire: () => Promise.resolve(),
  stranger: () => Promise.resolve(),
  heartbeat: () => Promise.resolve(),
  validate: () => Promise.resolve(),
};

const unreachableRedis = () => connectRedis({ url: "redis://127.0.0.1:1" });

let made: TestCore;
/** The same business on another node whose Redis is away. */
let alone: Licensing;
let closeAlone: () => Promise<void>;
let productId: string;

beforeAll(async () => {
  made = await createTestCore({ rateLimits: unlimited });
  const database = connectDatabase({
    url: made.databaseUrl,
    applicationName: "node without Redis",
  });
  const redis = unreachableRedis();
  alone = createCore({ ...made.deps, database, seatCache: createSeatCache(redis) }).licensing;
  closeAlone = async () => {
    await Promise.all([database.close(), redis.close()]);
  };
  productId = (await made.core.catalog.getProduct(systemCall("test"), "latch")).id;
});
afterAll(async () => {
  await closeAlone();
  await made.close();
});

const anyone = callBy({ kind: "anonymous" });

const claimsOf = async (lease: string): Promise<LeaseClaims> => {
  const ring = await made.core.catalog.getKeyRing(productId, lease);
  const verified = verifyLease(ring, lease, { audience: productId });
  if (!verified.ok) throw new Error(`the lease does not verify: ${verified.reason}`);
  return verified.claims;
};

/** Machines by the hundred, written straight to their table: activating each is not what is tested. */
const manyMachines = async (
  { licenseId, owner: { organizationId } }: IssuedLicense,
  count: number,
): Promise<string[]> => {
  const fingerprints = Array.from({ length: count }, () => `fp:${newId()}`);
  await transact(made.database, { kind: "system" }, ({ db, now }) =>
    db.insert(machines).values(
      fingerprints.map((fingerprint) => ({
        organizationId,
        licenseId,
        fingerprint,
        name: fingerprint,
        activatedAt: now,
        lastSeenAt: now,
      })),
    ),
  );
  return fingerprints;
};

const heldIn = (licenseId: string) =>
  transact(made.database, { kind: "system" }, ({ db }) =>
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.licenseId, licenseId), isNull(sessions.endedAt))),
  );

const acquireAll = async (
  nodes: readonly Licensing[],
  { licenseKey }: IssuedLicense,
  fingerprints: readonly string[],
) => {
  const granted: HeldSeat[] = [];
  const refused: string[] = [];
  await Promise.all(
    fingerprints.map(async (fingerprint, index) => {
      const node = nodes[index % nodes.length];
      if (!node) throw new Error("no node");
      try {
        granted.push(await node.acquireSeat(anyone, { licenseKey, fingerprint }));
      } catch (error) {
        if (!isDomainError(error)) throw error;
        refused.push(error.code);
      }
    }),
  );
  return { granted, refused };
};

describe("200 machines that want 10 seats at once", () => {
  test.each(["with Redis", "with Redis away", "on nodes with and without Redis"])(
    "get exactly 10, %s",
    async (how) => {
      const nodes = {
        "with Redis": [made.core.licensing],
        "with Redis away": [alone],
      }[how] ?? [made.core.licensing, alone];
      const license = await aLicense(made, { maxSeats: 10 });
      const fingerprints = await manyMachines(license, 200);
      const { granted, refused } = await acquireAll(nodes, license, fingerprints);
      expect(granted).toHaveLength(10);
      expect(refused).toEqual(Array.from({ length: 190 }, () => "SEATS_EXHAUSTED"));
      const held = await heldIn(license.licenseId);
      expect(new Set(granted.map(({ session }) => session.id))).toEqual(
        new Set(held.map(({ id }) => id)),
      );
    },
  );

  test("get exactly 10 while Redis is emptied again and again", async () => {
    const license = await aLicense(made, { maxSeats: 10 });
    const fingerprints = await manyMachines(license, 200);
    let flushing = true;
    const flushes = (async () => {
      while (flushing) await made.redis.client.flushdb();
    })();
    const { granted, refused } = await acquireAll([made.core.licensing], license, fingerprints);
    flushing = false;
    await flushes;
    expect([granted.length, refused.length]).toEqual([10, 190]);
  });
});

describe("Redis that is wrong", () => {
  test("refuses nobody for more than a second because of ghosts, and then knows better", async () => {
    const license = await aLicense(made, { maxSeats: 2 });
    const { licenseId, licenseKey } = license;
    const [one = "", other = "", third = ""] = await activatedMachines(made, license, 3);
    const acquire = (fingerprint: string) =>
      made.core.licensing.acquireSeat(anyone, { licenseKey, fingerprint });
    const ghosts = ["ghost-1", "ghost-2"].map((machineId) => ({ machineId, ttlMs: 60_000 }));
    await made.deps.seatCache.rebuild(licenseId, ghosts);
    // Redis is asked only while PostgreSQL's word is remembered that the license is full.
    await acquire(one);
    await acquire(other);
    await expect(acquire(third)).rejects.toMatchObject({ code: "SEATS_EXHAUSTED" });
  });

  test("grants nothing that PostgreSQL does not, and is corrected", async () => {
    const license = await aLicense(made, { maxSeats: 1 });
    const { licenseId, licenseKey } = license;
    const [holder = "", other = ""] = await activatedMachines(made, license, 2);
    const acquire = (fingerprint: string) =>
      made.core.licensing.acquireSeat(anyone, { licenseKey, fingerprint });
    await acquire(holder);
    await made.deps.seatCache.rebuild(licenseId, []);
    for (const _ of ["by PostgreSQL", "by PostgreSQL, which Redis led there", "by Redis"]) {
      await expect(acquire(other)).rejects.toMatchObject({ details: { usedSeats: 1 } });
    }
    const asked = { licenseId, machineId: "asks", maxSeats: 1, ttlMs: 1 };
    expect(await made.deps.seatCache.acquire(asked)).toMatchObject({ kind: "full", usedSeats: 1 });
  });
});

describe("a heartbeat at the moment of expiry", () => {
  test("or the acquire that wants its seat gets it, never both", async () => {
    const license = await aLicense(made, { maxSeats: 1 });
    const { licenseId, licenseKey } = license;
    const machinesOfIt = await manyMachines(license, 6);
    let [holder = ""] = machinesOfIt;
    let held = await made.core.licensing.acquireSeat(anyone, { licenseKey, fingerprint: holder });
    for (let round = 0; round < 25; round += 1) {
      await made.advance(361);
      const others = machinesOfIt.filter((fingerprint) => fingerprint !== holder);
      const beat = made.core.licensing.heartbeat(anyone, held).then(
        (seat) => [{ seat, fingerprint: holder }],
        () => [],
      );
      const acquired = others.map((fingerprint) =>
        alone.acquireSeat(anyone, { licenseKey, fingerprint }).then(
          (seat) => [{ seat, fingerprint }],
          () => [],
        ),
      );
      const winners = (await Promise.all([beat, ...acquired])).flat();
      expect(winners).toHaveLength(1);
      expect(await heldIn(licenseId)).toHaveLength(1);
      const [winner] = winners;
      if (!winner) throw new Error("nobody holds the seat");
      [holder, held] = [winner.fingerprint, winner.seat];
    }
  });
});

describe("heartbeats that arrive together", () => {
  test("share one UPDATE", async () => {
    const license = await aLicense(made, { maxSeats: 40 });
    const fingerprints = await manyMachines(license, 40);
    const { granted } = await acquireAll([made.core.licensing], license, fingerprints);
    await Promise.all(granted.map((held) => made.core.licensing.heartbeat(anyone, held)));
    const rows = await transact(made.database, { kind: "system" }, ({ db }) =>
      db.execute<{ writer: string }>(
        `select distinct xmin::text as writer from sessions where license_id = '${license.licenseId}'`,
      ),
    );
    // A row remembers the transaction that wrote it last.
    expect(rows).toHaveLength(1);
  });
});

/** From when to when a machine could prove its right to run, by the leases that it was given. */
interface Hold {
  readonly from: number;
  until: number;
}

type Step =
  | {
      readonly kind: "acquire" | "heartbeat" | "release";
      readonly machine: number;
      readonly node: number;
    }
  | { readonly kind: "advance"; readonly seconds: number }
  | { readonly kind: "flush" }
  | { readonly kind: "sweep" };

const machineCount = 6;
const maxSeats = 2;

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("acquire", "acquire", "heartbeat", "heartbeat", "release"),
      machine: fc.nat({ max: machineCount - 1 }),
      node: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("advance"),
      seconds: fc.constantFrom(1, 179, 359, 360, 361),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "flush" }, { kind: "sweep" }) },
);

describe("whatever machines, nodes and the clock do", () => {
  test(
    "no more leases run at any instant than the license has seats",
    { timeout: 240_000 },
    async () => {
      const nodes = [made.core.licensing, alone];
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(step, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 6 }),
          async (rounds) => {
            const license = await aLicense(made, { maxSeats });
            const { licenseKey } = license;
            const fingerprints = await manyMachines(license, machineCount);
            const leases: (string | undefined)[] = fingerprints.map(() => undefined);
            const held: HeldSeat[] = [];

            const take = async (machine: number, work: Promise<HeldSeat>): Promise<void> => {
              try {
                const seat = await work;
                held.push(seat);
                leases[machine] = seat.lease;
              } catch (error) {
                if (!isDomainError(error)) throw error;
                expect(["SEATS_EXHAUSTED", "LEASE_EXPIRED"]).toContain(error.code);
              }
            };
            const run = async (each: Step): Promise<void> => {
              if (each.kind === "advance") return made.advance(each.seconds);
              if (each.kind === "flush") return void (await made.redis.client.flushdb());
              if (each.kind === "sweep") {
                await made.core.licensing.endExpiredSessions(systemCall("test"), {
                  after: null,
                  limit: 2,
                });
                return;
              }
              const { machine } = each;
              const node = nodes[each.node];
              const lease = leases[machine];
              const fingerprint = fingerprints[machine] ?? "";
              if (!node) throw new Error("no such node");
              if (each.kind === "acquire") {
                return take(machine, node.acquireSeat(anyone, { licenseKey, fingerprint }));
              }
              if (lease === undefined) return;
              if (each.kind === "heartbeat")
                return take(machine, node.heartbeat(anyone, { lease }));
              await node.releaseSeat(anyone, { lease });
            };
            // The steps of a round run together, the rounds one after the other.
            for (const round of rounds) await Promise.all(round.map(run));

            const rows = await transact(made.database, { kind: "system" }, ({ db }) =>
              db.select().from(sessions).where(eq(sessions.licenseId, license.licenseId)),
            );
            const endOf = new Map(
              rows.map(({ id, endedAt, endReason }) => [
                id,
                endReason === "released" && endedAt ? endedAt.getTime() / 1000 : Infinity,
              ]),
            );
            const proofs = await Promise.all(
              held.map(async ({ lease, session }): Promise<Hold & { id: string }> => {
                const { iat, exp } = await claimsOf(lease);
                expect(exp * 1000).toBeLessThanOrEqual(Date.parse(session.expiresAt));
                return {
                  id: session.id,
                  from: iat,
                  until: Math.min(exp, endOf.get(session.id) ?? exp),
                };
              }),
            );
            // Leases speak in whole seconds: one that began within the second in which another ended may
            // seem to overlap it, so the last second of each is left out.
            for (const { from } of proofs) {
              const running = new Set(
                proofs
                  .filter((other) => other.from <= from && from < other.until - 1)
                  .map(({ id }) => id),
              );
              expect(running.size).toBeLessThanOrEqual(maxSeats);
            }
            expect(rows.filter(({ endedAt }) => endedAt === null).length).toBeLessThanOrEqual(
              maxSeats,
            );
          },
        ),
        // A race does not shrink: what failed once may pass when it is tried again.
        { numRuns: 25, endOnFailure: true },
      );
    },
  );
});
