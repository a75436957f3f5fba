import { newId, transact } from "@latchkey/db";
import { auditEntries, licenses, outboxEvents, sessions } from "@latchkey/db/schema";
import {
  activatedMachines,
  aLicense,
  anOffer,
  callBy,
  createTestCore,
} from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { and, eq, isNull, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const system = systemCall("test");
const staffOf = (role: "admin" | "support" | "viewer") =>
  callBy({ kind: "staff", userId: role, email: `${role}@test`, role });
const admin = staffOf("admin");
const licensing = () => made.core.licensing;
const asSystem = <Result>(work: Parameters<typeof transact<Result>>[2]) =>
  transact(made.database, { kind: "system" }, work);

const eventsOf = (licenseId: string) =>
  asSystem(async ({ db }) =>
    (
      await db
        .select({ type: outboxEvents.type })
        .from(outboxEvents)
        .where(sql`${outboxEvents.payload}->>'licenseId' = ${licenseId}`)
        .orderBy(outboxEvents.id)
    )
      .map(({ type }) => type)
      .filter((type) => type.startsWith("license.")),
  );

const reasonsOf = (licenseId: string) =>
  asSystem(async ({ db }) =>
    (
      await db
        .select({ reason: sessions.endReason })
        .from(sessions)
        .where(eq(sessions.licenseId, licenseId))
        .orderBy(sessions.startedAt, sessions.id)
    ).map(({ reason }) => reason),
  );

const liveSessions = (licenseId: string) =>
  asSystem(({ db }) =>
    db
      .select()
      .from(sessions)
      .where(and(eq(sessions.licenseId, licenseId), isNull(sessions.endedAt))),
  );

const aHeldLicense = async (count = 1, paidUntil: Date | null = null) => {
  const license = await aLicense(made, { maxSeats: count, paidUntil });
  const fingerprints = await activatedMachines(made, license, count);
  const { licenseKey, licenseId } = license;
  for (const fingerprint of fingerprints) {
    await licensing().acquireSeat(anyone, { licenseKey, fingerprint });
  }
  const acquire = (fingerprint = fingerprints[0] ?? "") =>
    licensing().acquireSeat(anyone, { licenseKey, fingerprint });
  return { ...license, licenseId, fingerprints, acquire, override: { licenseId, reason: "test" } };
};

/** Puts the license under a subscription's id; billing's own rows are not what is tested here. */
const underSubscription = async (licenseId: string): Promise<string> => {
  const subscriptionId = newId();
  await asSystem(async ({ db }) => {
    await db.execute(sql`
      insert into subscriptions (organization_id, id, product_id, plan_version_id, interval, currency,
        status, anchor_at, current_period_starts_at, current_period_ends_at)
      select organization_id, ${subscriptionId}, product_id, plan_version_id, 'month', 'USD',
        'active', latchkey_now(), latchkey_now(), latchkey_now() + interval '1 month'
      from licenses where id = ${licenseId}`);
    await db.update(licenses).set({ subscriptionId }).where(eq(licenses.id, licenseId));
  });
  return subscriptionId;
};

describe("staff", () => {
  test("suspend a license, which ends its sessions, and reinstate it", async () => {
    const { licenseId, acquire, override } = await aHeldLicense(2);
    for (const _ of [1, 2]) {
      expect((await licensing().suspendLicense(admin, override)).status).toBe("suspended");
    }
    expect(await reasonsOf(licenseId)).toEqual(["license_suspended", "license_suspended"]);
    await expect(acquire()).rejects.toMatchObject({ details: { validationCode: "SUSPENDED" } });
    for (const _ of [1, 2]) {
      expect((await licensing().reinstateLicense(admin, override)).status).toBe("active");
    }
    await acquire();
    expect(await eventsOf(licenseId)).toEqual(["license.suspended", "license.reinstated"]);
    const trail = await asSystem(({ db }) =>
      db.select().from(auditEntries).where(eq(auditEntries.action, "license.suspend")),
    );
    expect(trail[0]).toMatchObject({ actorId: "admin", after: { reason: "test" } });
  });

  test("revoke a license for good", async () => {
    const { licenseId, acquire, override } = await aHeldLicense();
    await expect(licensing().revokeLicense(staffOf("support"), override)).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    for (const _ of [1, 2]) await licensing().revokeLicense(admin, override);
    expect(await reasonsOf(licenseId)).toEqual(["license_revoked"]);
    expect(await eventsOf(licenseId)).toEqual(["license.revoked"]);
    await expect(acquire()).rejects.toMatchObject({ details: { validationCode: "REVOKED" } });
    await expect(licensing().reinstateLicense(admin, override)).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });

  test("need the role for it", async () => {
    const { override } = await aHeldLicense();
    const { suspendLicense, reinstateLicense, revokeLicense } = licensing();
    for (const verb of [suspendLicense, reinstateLicense, revokeLicense]) {
      await expect(verb(staffOf("viewer"), override)).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(verb(anyone, override)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
    }
  });
});

describe("a license that follows its subscription", () => {
  test("is past due and usable in grace, suspended by dunning, and active when paid", async () => {
    const { licenseId, acquire, owner, override } = await aHeldLicense();
    const subscriptionId = await underSubscription(licenseId);
    const { now } = await asSystem(async (tx) => tx);
    const inDays = (days: number) => new Date(now.getTime() + days * 86_400_000);
    const facts = {
      subscriptionId,
      trial: false,
      paidUntil: inDays(0),
      graceEndsAt: inDays(7),
      suspendedByDunning: false,
      ended: false,
    };
    const statusAfter = async (changes: Partial<typeof facts>) => {
      await licensing().followSubscription(system, { ...facts, ...changes });
      return (await licensing().getLicense(owner.call, { licenseId })).status;
    };
    expect(await statusAfter({})).toBe("past_due");
    await acquire();
    expect(await statusAfter({ suspendedByDunning: true })).toBe("suspended");
    expect(await liveSessions(licenseId)).toEqual([]);
    await expect(licensing().reinstateLicense(admin, override)).rejects.toMatchObject({
      code: "CONFLICT",
    });
    expect(await statusAfter({ paidUntil: inDays(30), graceEndsAt: inDays(7) })).toBe("past_due");
    const paid = { ...facts, paidUntil: inDays(30), graceEndsAt: null };
    for (const _ of [1, 2]) await licensing().followSubscription(system, paid);
    const trail = await asSystem(({ db }) =>
      db.select().from(auditEntries).where(eq(auditEntries.targetId, licenseId)),
    );
    expect(trail.filter(({ action }) => action === "license.follow_subscription")).toHaveLength(4);
    await acquire();
    await licensing().followSubscription(system, { ...paid, ended: true });
    expect((await licensing().getLicense(owner.call, { licenseId })).status).toBe("expired");
    expect(await eventsOf(licenseId)).toEqual([
      "license.suspended",
      "license.reinstated",
      "license.expired",
    ]);
  });

  test("lets its machines in at once when it is paid", async () => {
    const { licenseId, acquire } = await aHeldLicense(1);
    const paid = {
      subscriptionId: await underSubscription(licenseId),
      trial: false,
      paidUntil: null,
      graceEndsAt: null,
      suspendedByDunning: false,
      ended: false,
    };
    await licensing().followSubscription(system, { ...paid, suspendedByDunning: true });
    await expect(acquire()).rejects.toMatchObject({ details: { validationCode: "SUSPENDED" } });
    await licensing().followSubscription(system, paid);
    await acquire();
  });

  test("ends the youngest sessions when the plan has fewer seats", async () => {
    const { licenseId } = await aHeldLicense(3);
    const subscriptionId = await underSubscription(licenseId);
    await licensing().followSubscription(system, {
      subscriptionId,
      trial: false,
      paidUntil: null,
      graceEndsAt: null,
      suspendedByDunning: false,
      ended: false,
      offer: await anOffer(made, { maxSeats: 1 }),
    });
    expect(await reasonsOf(licenseId)).toEqual([null, "seats_reduced", "seats_reduced"]);
  });

  test("ends sessions that ran out before any that lives when the plan has fewer seats", async () => {
    const { licenseId, fingerprints, acquire } = await aHeldLicense(2);
    const subscriptionId = await underSubscription(licenseId);
    await made.advance(400);
    await acquire(fingerprints[1]);
    await licensing().followSubscription(system, {
      subscriptionId,
      trial: false,
      paidUntil: null,
      graceEndsAt: null,
      suspendedByDunning: false,
      ended: false,
      offer: await anOffer(made, { maxSeats: 1 }),
    });
    expect(await reasonsOf(licenseId)).toEqual(["expired", null]);
  });

  test("does not exist for every subscription", async () => {
    await licensing().followSubscription(system, {
      subscriptionId: newId(),
      trial: true,
      paidUntil: null,
      graceEndsAt: null,
      suspendedByDunning: false,
      ended: true,
    });
  });
});

describe("by itself", () => {
  test("a license goes on past its end while its subscription is being collected, for a day", async () => {
    const { now } = await asSystem(async (tx) => tx);
    const paidUntil = new Date(now.getTime() + 100_000);
    const { licenseId, acquire } = await aHeldLicense(1, paidUntil);
    await underSubscription(licenseId);
    const { lease } = await acquire();
    await made.advance(200);
    await licensing().expireLicense(system, { licenseId });
    await licensing().heartbeat(anyone, { lease });
    await acquire();
    await made.advance(86_400);
    const expired = { details: { validationCode: "EXPIRED" } };
    await expect(licensing().heartbeat(anyone, { lease })).rejects.toMatchObject(expired);
    await expect(acquire()).rejects.toMatchObject(expired);
  });

  test("a license expires when it is due, once, and not before", async () => {
    const { now } = await asSystem(async (tx) => tx);
    const held = await aHeldLicense(1, new Date(now.getTime() + 300_000));
    const { licenseId } = held;
    await licensing().expireLicense(system, { licenseId });
    expect(await liveSessions(licenseId)).toHaveLength(1);
    await made.advance(301);
    const due = await licensing().listDueLicenses(system, { limit: 100 });
    expect(due.map(({ id }) => id)).toContain(licenseId);
    for (const _ of [1, 2]) await licensing().expireLicense(system, { licenseId });
    expect(await licensing().describeLicense(system, licenseId)).toMatchObject({
      status: "expired",
      productName: "Latch",
      planName: "Test plan",
    });
    expect(await reasonsOf(licenseId)).toEqual(["license_expired"]);
    expect(await eventsOf(licenseId)).toEqual(["license.expired"]);
    const after = await licensing().listDueLicenses(system, { limit: 100 });
    expect(after.map(({ id }) => id)).not.toContain(licenseId);
  });

  test("expired sessions end when they expired, in portions", async () => {
    const held = [await aHeldLicense(2), await aHeldLicense(2)];
    await made.advance(361);
    let after: string | null = null;
    let ended = 0;
    do {
      const part = await licensing().endExpiredSessions(system, { after, limit: 3 });
      expect(part.ended).toBeLessThanOrEqual(3);
      ended += part.ended;
      after = part.next;
    } while (after !== null);
    expect(ended).toBeGreaterThanOrEqual(4);
    expect(await licensing().endExpiredSessions(system, { after, limit: 3 })).toEqual({
      ended: 0,
      next: null,
    });
    for (const { licenseId, owner } of held) {
      expect(await reasonsOf(licenseId)).toEqual(["expired", "expired"]);
      const asked = { licenseId, limit: 20 };
      const live = await licensing().listSessions(owner.call, { ...asked, live: true });
      expect(live.items).toEqual([]);
      const all = await licensing().listSessions(owner.call, { ...asked, live: false });
      expect(all.items.map(({ endedAt, expiresAt }) => endedAt === expiresAt)).toEqual([
        true,
        true,
      ]);
    }
  });

  test("nobody but the house does what is due", async () => {
    for (const call of [anyone, admin]) {
      await expect(
        licensing().endExpiredSessions(call, { after: null, limit: 1 }),
      ).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
      await expect(licensing().listDueLicenses(call, { limit: 1 })).rejects.toMatchObject({
        code: "FORBIDDEN",
      });
    }
  });
});

describe("a member", () => {
  test("sees who holds seats and ends a session, whose event says why", async () => {
    const { licenseId, owner, acquire } = await aHeldLicense();
    const { items } = await licensing().listSessions(owner.call, {
      licenseId,
      limit: 1,
      live: true,
    });
    const sessionId = items[0]?.id ?? "";
    for (const _ of [1, 2]) {
      expect(await licensing().endSession(owner.call, { licenseId, sessionId })).toBeNull();
    }
    expect(await reasonsOf(licenseId)).toEqual(["ended_by_member"]);
    const ended = await asSystem(({ db }) =>
      db
        .select({ payload: outboxEvents.payload })
        .from(outboxEvents)
        .where(eq(outboxEvents.type, "session.ended")),
    );
    expect(ended.map(({ payload }) => payload)).toEqual([
      { licenseId, sessionId, reason: "ended_by_member" },
    ]);
    await acquire();
    await expect(
      licensing().endSession(owner.call, { licenseId: newId(), sessionId }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
