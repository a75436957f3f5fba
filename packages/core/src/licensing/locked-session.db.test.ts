import { isDomainError } from "@latchkey/contracts";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

const anyone = callBy({ kind: "anonymous" });

let made: TestCore;
let sql: postgres.Sql;
beforeAll(async () => {
  made = await createTestCore();
  sql = postgres(made.databaseUrl, { max: 2 });
});
afterAll(async () => {
  await sql.end();
  await made.close();
});

/** A license, all of whose seats but `free` are held, by the first of its machines. */
const aHouse = async ({ maxSeats = 1, free = 0 } = {}) => {
  const license = await aLicense(made, { maxSeats });
  const fingerprints = await activatedMachines(made, license, maxSeats + 1);
  const acquire = (fingerprint = "") =>
    made.core.licensing.acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint });
  const seats = await Promise.all(fingerprints.slice(0, maxSeats - free).map(acquire));
  const [first] = seats;
  if (!first) throw new Error("a house has somebody who is seated");
  return { fingerprints, acquire, first };
};

/** Runs `work` while somebody else holds the lock of a session; `late` is awaited once it is let go. */
const whileLocked = async <Late>(
  sessionId: string,
  work: () => Promise<{ late: Promise<Late> }>,
): Promise<Late> => {
  const { late } = await sql.begin(async (tx) => {
    await tx`select 1 from sessions where id = ${sessionId} for update`;
    return work();
  });
  return late;
};

describe("a session that somebody has locked", () => {
  test("holds up no heartbeat of another", async () => {
    const [locked, other] = [await aHouse(), await aHouse()];
    const { heartbeat } = made.core.licensing;
    const late = await whileLocked(locked.first.session.id, async () => {
      const waiting = heartbeat(anyone, { lease: locked.first.lease });
      await heartbeat(anyone, { lease: other.first.lease });
      return { late: waiting };
    });
    expect(late.session.id).toBe(locked.first.session.id);
  });

  test("holds up no acquire that comes with one for it, of its license or another", async () => {
    const [locked, other] = [await aHouse({ maxSeats: 2, free: 1 }), await aHouse()];
    const late = await whileLocked(locked.first.session.id, async () => {
      const waiting = locked.acquire(locked.fingerprints[0]);
      const [neighbour, stranger] = await Promise.all([
        locked.acquire(locked.fingerprints[1]),
        other.acquire(other.fingerprints[0]),
      ]);
      expect(neighbour.session.id).not.toBe(locked.first.session.id);
      expect(stranger.session.id).toBe(other.first.session.id);
      return { late: waiting };
    });
    expect(late.session.id).toBe(locked.first.session.id);
  });

  test("refuses nobody its seat when it has expired, and holds up no other license", async () => {
    const expired = await aHouse();
    await made.advance(600);
    const other = await aHouse();
    const late = await whileLocked(expired.first.session.id, async () => {
      const waiting = expired.acquire(expired.fingerprints[1]);
      await other.acquire(other.fingerprints[0]);
      return { late: waiting };
    });
    expect(late.seats).toEqual({ used: 1, max: 1 });
  });

  test("is waited for by whoever wants another's seat, who is refused once it is renewed", async () => {
    const expired = await aHouse();
    await made.advance(600);
    const { late } = await sql.begin(async (tx) => {
      await tx`update sessions set expires_at = latchkey_now() + interval '6 minutes'
        where id = ${expired.first.session.id}`;
      const waiting = expired.acquire(expired.fingerprints[1]).catch((error: unknown) => error);
      await vi.waitFor(async () => {
        const waits = await sql`select 1 from pg_stat_activity
          where datname = current_database() and wait_event_type = 'Lock'`;
        expect(waits).toHaveLength(1);
      });
      return { late: waiting };
    });
    const refusal = await late;
    expect(isDomainError(refusal) && refusal.code).toBe("SEATS_EXHAUSTED");
  });
});
