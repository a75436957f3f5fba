import { transact } from "@latchkey/db";
import { sessions } from "@latchkey/db/schema";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterEach, beforeEach, expect, test } from "vitest";
import * as sessionEndStore from "./session-end-store.ts";

let made: TestCore;
beforeEach(async () => {
  made = await createTestCore();
});
afterEach(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const seeAll = { kind: "system" } as const;

/** A license with activated machines, and who takes its seats. */
const aHouse = async (terms: { maxSeats: number; machines: number }) => {
  const license = await aLicense(made, { maxSeats: terms.maxSeats });
  const fingerprints = await activatedMachines(made, license, terms.machines);
  const acquire = (fingerprint: string) =>
    made.core.licensing.acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint });
  const [first, second] = fingerprints;
  if (first === undefined || second === undefined) throw new Error("two machines are needed");
  return { license, first, second, acquire };
};

const endOf = async (id: string) => {
  const [row] = await transact(made.database, seeAll, ({ db }) =>
    db.select({ endReason: sessions.endReason }).from(sessions).where(eq(sessions.id, id)),
  );
  return row?.endReason;
};

test("a seat that was given back after its lease ran out does not come back by an old lease", async () => {
  const { first, acquire } = await aHouse({ maxSeats: 2, machines: 2 });
  const { lease, session } = await acquire(first);
  await made.advance(400);
  await made.core.licensing.releaseSeat(anyone, { lease });
  expect(await endOf(session.id)).toBe("released");
  await expect(made.core.licensing.heartbeat(anyone, { lease })).rejects.toMatchObject({
    code: "LEASE_EXPIRED",
    details: { endReason: "released" },
  });
});

test("a seat that was closed as expired and then given back does not come back either", async () => {
  const { first, second, acquire } = await aHouse({ maxSeats: 1, machines: 2 });
  const { lease, session } = await acquire(first);
  await made.advance(400);
  const other = await acquire(second);
  expect(await endOf(session.id)).toBe("expired");
  await made.core.licensing.releaseSeat(anyone, { lease });
  await made.core.licensing.releaseSeat(anyone, { lease: other.lease });
  await expect(made.core.licensing.heartbeat(anyone, { lease })).rejects.toMatchObject({
    code: "LEASE_EXPIRED",
  });
});

test("a session that is given back while its heartbeat is judged does not come back", async () => {
  const { first, second, acquire } = await aHouse({ maxSeats: 1, machines: 2 });
  const { lease, session } = await acquire(first);
  await made.advance(400);
  const other = await acquire(second);
  await made.core.licensing.releaseSeat(anyone, { lease: other.lease });
  const judged = await transact(made.database, seeAll, async (tx) => {
    await sessionEndStore.releaseSession(tx, session.id);
    const beat = made.core.licensing.heartbeat(anyone, { lease }).catch((error: unknown) => error);
    // It has read the session as one that may come back, and waits for its row.
    await expect
      .poll(() =>
        tx.db.execute(
          "select from pg_locks where not granted and locktype in ('transactionid', 'tuple')",
        ),
      )
      .not.toHaveLength(0);
    return { beat };
  });
  expect(await judged.beat).toMatchObject({
    code: "LEASE_EXPIRED",
    details: { endReason: "released" },
  });
  expect(await endOf(session.id)).toBe("released");
});

test("a holder whom Redis forgot gets the own seat again while a ghost stands in its place", async () => {
  const { license, first, second, acquire } = await aHouse({ maxSeats: 1, machines: 2 });
  const held = await acquire(first);
  const { seatCache } = made.deps;
  await seatCache.rebuild(license.licenseId, [{ machineId: "a-ghost", ttlMs: 300_000 }]);

  // The refusal that PostgreSQL confirmed this second: Redis must know the holders after it.
  await expect(acquire(second)).rejects.toMatchObject({ code: "SEATS_EXHAUSTED" });
  const again = await acquire(first);
  expect(again.session.id).toBe(held.session.id);
});
