import { isDomainError } from "@latchkey/contracts";
import type { ErrorCode, HeldSeat } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import { refusalEndsLease, verifyLease, verifyRefusal } from "@latchkey/license-crypto/verify";
import { createCore } from "@latchkey/core";
import { transact } from "@latchkey/db";
import { machines, sessions } from "@latchkey/db/schema";
import {
  activatedMachines,
  aCustomer,
  aLicense,
  callBy,
  createTestCore,
} from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";

let made: TestCore;
let productId: string;
beforeAll(async () => {
  made = await createTestCore();
  productId = (await made.core.catalog.getProduct(systemCall("test"), "latch")).id;
});
afterAll(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const staff = callBy({ kind: "staff", userId: "staff", email: "staff@test", role: "admin" });
const seatsOf = () => made.core.licensing;

const claimsOf = async (lease: string) => {
  const verified = verifyLease(await made.core.catalog.getKeyRing(productId), lease, {
    issuer: made.deps.settings.publicUrl,
    audience: productId,
  });
  if (!verified.ok) throw new Error(`the lease does not verify: ${verified.reason}`);
  return verified.claims;
};

/** The error that the work ends with, with its refusal verified where it carries one. */
const refusedBy = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isDomainError(error)) throw new Error("nothing was refused", { cause: error });
  const { code, details, message }: { code: ErrorCode; details: object; message: string } = error;
  if (!("refusal" in details) || typeof details.refusal !== "string") {
    return { code, details, message, refusal: null };
  }
  const refusal = verifyRefusal(await made.core.catalog.getKeyRing(productId), details.refusal, {
    issuer: made.deps.settings.publicUrl,
    audience: productId,
  });
  if (!refusal.ok) throw new Error(`the refusal does not verify: ${refusal.reason}`);
  return { code, details, message, refusal: refusal.claims };
};

const sessionRow = (id: string) =>
  transact(made.database, { kind: "system" }, async ({ db }) => {
    const [row] = await db.select().from(sessions).where(eq(sessions.id, id));
    if (!row) throw new Error("no such session");
    return row;
  });

/** A license of `maxSeats` with one machine more than that, and who takes which seat. */
const aFullHouse = async (maxSeats: number) => {
  const license = await aLicense(made, { maxSeats });
  const fingerprints = await activatedMachines(made, license, maxSeats + 1);
  const acquire = (fingerprint: string) =>
    seatsOf().acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint });
  const holding = fingerprints.slice(0, maxSeats);
  const seats: HeldSeat[] = [];
  for (const fingerprint of holding) seats.push(await acquire(fingerprint));
  const [first] = seats;
  const outsider = fingerprints.at(-1);
  if (!first || outsider === undefined) throw new Error("a full house has seats");
  return { license, holding, seats, first, outsider, acquire };
};

describe("acquiring a seat", () => {
  test("answers a session and the signed lease that proves it", async () => {
    const license = await aLicense(made, { maxSeats: 2, features: { export: true } });
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    const held = await seatsOf().acquireSeat(
      { ...anyone, address: "198.51.100.1", userAgent: "desktop" },
      { licenseKey: license.licenseKey, fingerprint, appVersion: "1.2.3" },
    );
    expect(held).toMatchObject({ heartbeatInterval: 300, seats: { used: 1, max: 2 } });
    const row = await sessionRow(held.session.id);
    expect(row).toMatchObject({
      licenseId: license.licenseId,
      seq: 1,
      endedAt: null,
      address: "198.51.100.1",
      userAgent: "desktop",
      appVersion: "1.2.3",
    });
    expect(row.expiresAt.toISOString()).toBe(held.session.expiresAt);
    const claims = await claimsOf(held.lease);
    expect(claims).toMatchObject({
      sub: license.licenseId,
      sid: held.session.id,
      mch: row.machineId,
      fph: fingerprintHash(fingerprint, productId),
      seq: 1,
      features: { export: true },
    });
    expect(claims.exp - claims.iat).toBe(360);
    expect(claims.graceUntil - claims.exp).toBe(1800);
    expect(claims.exp * 1000).toBeLessThanOrEqual(row.expiresAt.getTime());
  });

  test("gives the same machine its own session back, renewed", async () => {
    const { acquire, first, holding } = await aFullHouse(1);
    const again = await acquire(holding[0] ?? "");
    expect(again.session).toMatchObject({
      id: first.session.id,
      startedAt: first.session.startedAt,
    });
    expect(again.seats).toEqual({ used: 1, max: 1 });
    expect((await claimsOf(again.lease)).seq).toBe(2);
  });

  test("is refused with a signed no when all seats are held, and names holders to members alone", async () => {
    const { license, outsider } = await aFullHouse(2);
    const input = { licenseKey: license.licenseKey, fingerprint: outsider };
    const stranger = await aCustomer(made);
    for (const call of [anyone, stranger.call]) {
      const { code, details, refusal } = await refusedBy(seatsOf().acquireSeat(call, input));
      expect(code).toBe("SEATS_EXHAUSTED");
      expect(details).toEqual({ maxSeats: 2, usedSeats: 2, refusal: expect.any(String) });
      expect(refusal).toMatchObject({ code: "SEATS_EXHAUSTED", maxSeats: 2, usedSeats: 2 });
      expect(refusal?.sid).toBeUndefined();
    }
    const { details } = await refusedBy(seatsOf().acquireSeat(license.owner.call, input));
    expect(details).toMatchObject({ holders: [{ machineName: expect.any(String) }, {}] });
  });

  test("is refused to a machine that was never activated", async () => {
    const { licenseKey } = await aLicense(made);
    const { code, details, refusal } = await refusedBy(
      seatsOf().acquireSeat(anyone, { licenseKey, fingerprint: "never-activated-machine" }),
    );
    expect(code).toBe("LICENSE_NOT_USABLE");
    expect(details).toMatchObject({ validationCode: "NO_MACHINE" });
    expect(refusal).toMatchObject({ code: "NO_MACHINE" });
  });

  test("is refused to a barred machine", async () => {
    const { acquire, outsider } = await aFullHouse(1);
    await transact(made.database, { kind: "system" }, ({ db, now }) =>
      db.update(machines).set({ bannedAt: now }).where(eq(machines.fingerprint, outsider)),
    );
    expect(await refusedBy(acquire(outsider))).toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "FINGERPRINT_BANNED" },
    });
  });

  test("tells a typing error from an unknown key, and signs for neither", async () => {
    const { licenseKey } = await aLicense(made);
    const fingerprint = "some-fingerprint-0001";
    const mistyped = await refusedBy(
      seatsOf().acquireSeat(anyone, { licenseKey: licenseKey.slice(0, -1), fingerprint }),
    );
    expect(mistyped).toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "NOT_FOUND" },
      message: expect.stringContaining("group 6"),
      refusal: null,
    });
  });

  test("recognises a machine with a new part, and keeps its session", async () => {
    const license = await aLicense(made, { maxSeats: 1 });
    const { licenseKey } = license;
    const components = { board: "board-0001", disk: "disk-00001", mac: "mac-000001" };
    const before = { licenseKey, fingerprint: "machine-before-the-new-disk", components };
    await seatsOf().activateMachine(anyone, before);
    const held = await seatsOf().acquireSeat(anyone, before);
    const after = {
      licenseKey,
      fingerprint: "machine-after-the-new-disk",
      components: { ...components, disk: "disk-00002" },
    };
    const again = await seatsOf().acquireSeat(anyone, after);
    expect(again.session.id).toBe(held.session.id);
    expect((await claimsOf(again.lease)).fph).toBe(fingerprintHash(after.fingerprint, productId));
  });

  test("gives an expired session a lease newer than any, also by a database restored to an earlier hour", async () => {
    const { acquire, first, holding } = await aFullHouse(1);
    const asStored = await sessionRow(first.session.id);
    let { lease } = first;
    for (let times = 0; times < 10; times += 1) {
      ({ lease } = await seatsOf().heartbeat(anyone, { lease }));
    }
    await made.advance(3600);
    await transact(made.database, { kind: "system" }, ({ db }) =>
      db.update(sessions).set(asStored).where(eq(sessions.id, first.session.id)),
    );
    const { seq } = await claimsOf((await acquire(holding[0] ?? "")).lease);
    expect(seq).toBeGreaterThan((await claimsOf(lease)).seq);
    // As many as a session could have been given in that time, and no more than it needs.
    expect(seq - asStored.seq).toBeGreaterThanOrEqual(3600);
    expect(seq - asStored.seq).toBeLessThan(3700);
    const again = await claimsOf((await acquire(holding[0] ?? "")).lease);
    expect(again.seq).toBe(seq + 1);
  });

  test("takes the seat of a session whose lease ran out", async () => {
    const { acquire, first, outsider } = await aFullHouse(1);
    await made.advance(361);
    const held = await acquire(outsider);
    expect(held.seats).toEqual({ used: 1, max: 1 });
    const ended = await sessionRow(first.session.id);
    expect(ended.endReason).toBe("expired");
    expect(ended.endedAt).toEqual(ended.expiresAt);
  });

  test("is limited per machine, and says so by a code of its own", async () => {
    const { acquire, holding, outsider } = await aFullHouse(1);
    const tries = Array.from({ length: 12 }, () => refusedBy(acquire(outsider)));
    const codes = (await Promise.all(tries)).map(({ code }) => code);
    expect(codes.filter((code) => code === "SEATS_EXHAUSTED")).toHaveLength(10);
    expect(codes.filter((code) => code === "RATE_LIMITED")).toHaveLength(2);
    await acquire(holding[0] ?? "");
  });
});

describe("a heartbeat", () => {
  test("renews the lease and nothing else", async () => {
    const { first } = await aFullHouse(2);
    await made.advance(300);
    const renewed = await seatsOf().heartbeat(anyone, { lease: first.lease });
    expect(renewed.session).toMatchObject({
      id: first.session.id,
      startedAt: first.session.startedAt,
    });
    expect(renewed.seats).toEqual({ used: 2, max: 2 });
    const [before, after] = [await claimsOf(first.lease), await claimsOf(renewed.lease)];
    expect(after.seq).toBe(before.seq + 1);
    expect(after.exp).toBeGreaterThanOrEqual(before.exp + 300);
    const row = await sessionRow(first.session.id);
    expect(row.seq).toBe(after.seq);
    expect(after.exp * 1000).toBeLessThanOrEqual(row.expiresAt.getTime());
  });

  test("teaches Redis, which was emptied, what PostgreSQL counts", async () => {
    const { first, license } = await aFullHouse(2);
    const { licenseId } = license;
    const nobody = { licenseId, machineId: "nobody", maxSeats: 3, ttlMs: 60_000 };
    await made.redis.client.flushdb();
    const renewed = await seatsOf().heartbeat(anyone, { lease: first.lease });
    expect(renewed.seats).toEqual({ used: 2, max: 2 });
    await expect
      .poll(() => made.deps.seatCache.acquire(nobody))
      .toEqual({ kind: "reserved", usedSeats: 3 });
  });

  test("puts its machine back into Redis, which lost it alone", async () => {
    const { first, license } = await aFullHouse(2);
    const { licenseId } = license;
    const { mch } = await claimsOf(first.lease);
    await made.deps.seatCache.release(licenseId, [mch]);
    await seatsOf().heartbeat(anyone, { lease: first.lease });
    await expect
      .poll(() => made.deps.seatCache.move({ licenseId, machineId: mch, ttlMs: 60_000 }))
      .toEqual({ kind: "moved", usedSeats: 2 });
  });

  test("never tells of more seats in use than there are, whatever Redis counts", async () => {
    const { first, license } = await aFullHouse(2);
    const { mch } = await claimsOf(first.lease);
    const counted = [mch, "ghost-1", "ghost-2", "ghost-3"];
    await made.deps.seatCache.rebuild(
      license.licenseId,
      counted.map((machineId) => ({ machineId, ttlMs: 60_000 })),
    );
    const { seats } = await seatsOf().heartbeat(anyone, { lease: first.lease });
    expect(seats).toEqual({ used: 2, max: 2 });
  });

  test("is believed by a process that did not sign its lease, and by one that did", async () => {
    const { first } = await aFullHouse(1);
    const other = createCore(made.deps).licensing;
    const { lease } = await other.heartbeat(anyone, { lease: first.lease });
    for (const node of [other, seatsOf()]) {
      await node.heartbeat(anyone, { lease });
      const forged = `${lease.slice(0, -6)}AAAAAA`;
      expect(await refusedBy(node.heartbeat(anyone, { lease: forged }))).toMatchObject({
        code: "LEASE_INVALID",
      });
    }
  });

  test("may be repeated with an older lease, whose answer was lost", async () => {
    const { first } = await aFullHouse(1);
    await seatsOf().heartbeat(anyone, { lease: first.lease });
    const again = await seatsOf().heartbeat(anyone, { lease: first.lease });
    expect((await claimsOf(again.lease)).seq).toBe(3);
  });

  test("answers a lease newer than its own, also by a database restored to an earlier hour", async () => {
    const { first } = await aFullHouse(1);
    let { lease } = first;
    for (let times = 0; times < 4; times += 1) {
      ({ lease } = await seatsOf().heartbeat(anyone, { lease }));
    }
    await transact(made.database, { kind: "system" }, ({ db }) =>
      db.update(sessions).set({ seq: 1 }).where(eq(sessions.id, first.session.id)),
    );
    const back = await seatsOf().heartbeat(anyone, { lease });
    const { seq } = await claimsOf(back.lease);
    expect(seq).toBeGreaterThan((await claimsOf(lease)).seq);
    expect(await sessionRow(first.session.id)).toMatchObject({ seq });
  });

  test("brings an expired session back with its id while a seat is free", async () => {
    const { acquire, first, outsider } = await aFullHouse(1);
    await made.advance(400);
    const taken = await acquire(outsider);
    const exhausted = await refusedBy(seatsOf().heartbeat(anyone, { lease: first.lease }));
    expect(exhausted).toMatchObject({
      code: "SEATS_EXHAUSTED",
      refusal: { sid: first.session.id },
    });
    await seatsOf().releaseSeat(anyone, { lease: taken.lease });
    const back = await seatsOf().heartbeat(anyone, { lease: first.lease });
    expect(back.session).toMatchObject({
      id: first.session.id,
      startedAt: first.session.startedAt,
    });
    expect(await sessionRow(first.session.id)).toMatchObject({ endedAt: null, endReason: null });
  });

  test("names who holds the seats to members of the license's organization alone", async () => {
    const { acquire, first, license, outsider } = await aFullHouse(1);
    await made.advance(400);
    await acquire(outsider);
    const beat = { lease: first.lease };
    const member = await refusedBy(seatsOf().heartbeat(license.owner.call, beat));
    expect(member.details).toMatchObject({ holders: [{ machineName: expect.any(String) }] });
    const other = await refusedBy(seatsOf().heartbeat((await aCustomer(made)).call, beat));
    expect(other.details).not.toHaveProperty("holders");
  });

  test("is told why its session ended, by a no that ends the lease", async () => {
    const { first, license } = await aFullHouse(1);
    const { licenseId } = license;
    await seatsOf().endSession(license.owner.call, { licenseId, sessionId: first.session.id });
    const { code, details, refusal } = await refusedBy(
      seatsOf().heartbeat(anyone, { lease: first.lease }),
    );
    expect(code).toBe("LEASE_EXPIRED");
    expect(details).toMatchObject({ endReason: "ended_by_member" });
    expect(refusal && refusalEndsLease(refusal, await claimsOf(first.lease))).toBe(true);
  });

  test("is told that its license may not run", async () => {
    const { first, license } = await aFullHouse(1);
    await seatsOf().suspendLicense(staff, { licenseId: license.licenseId, reason: "test" });
    expect(await refusedBy(seatsOf().heartbeat(anyone, { lease: first.lease }))).toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "SUSPENDED" },
      refusal: { code: "SUSPENDED", sid: first.session.id },
    });
  });

  test("is refused after the license's end, before the worker gets round to it", async () => {
    const { now } = await transact(made.database, { kind: "system" }, async (tx) => tx);
    const paidUntil = new Date(now.getTime() + 200_000);
    const license = await aLicense(made, { paidUntil });
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    const { licenseKey } = license;
    const held = await seatsOf().acquireSeat(anyone, { licenseKey, fingerprint });
    await made.advance(200);
    expect(await refusedBy(seatsOf().heartbeat(anyone, { lease: held.lease }))).toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "EXPIRED" },
    });
  });

  test("with a forged, foreign or damaged lease is refused unsigned", async () => {
    const { first } = await aFullHouse(1);
    const [header, payload = "", signature = ""] = first.lease.split(".");
    const other = Buffer.from(
      JSON.stringify({ ...(await claimsOf(first.lease)), aud: license0 }),
    ).toString("base64url");
    for (const lease of [
      "nonsense",
      `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
      `${header}.${other}.${signature}`,
      `${header}.${payload}`,
    ]) {
      expect(await refusedBy(seatsOf().heartbeat(anyone, { lease }))).toMatchObject({
        code: "LEASE_INVALID",
        refusal: null,
      });
    }
  });

  test("is limited per session", async () => {
    const { first } = await aFullHouse(1);
    const beats = Array.from({ length: 21 }, () => seatsOf().heartbeat(anyone, first));
    const answers = await Promise.allSettled(beats);
    const refused = answers.filter(({ status }) => status === "rejected");
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: { code: "RATE_LIMITED" } });
  });
});

const license0 = "0190b8a0-0000-7000-8000-000000000000";

describe("releasing a seat", () => {
  test("frees it for the next, and repeats harmlessly", async () => {
    const { acquire, first, outsider } = await aFullHouse(1);
    expect(await seatsOf().releaseSeat(anyone, { lease: first.lease })).toBeNull();
    const ended = await sessionRow(first.session.id);
    expect(ended.endReason).toBe("released");
    expect(await seatsOf().releaseSeat(anyone, { lease: first.lease })).toBeNull();
    expect(await sessionRow(first.session.id)).toEqual(ended);
    const next = await acquire(outsider);
    expect(next.session.id).not.toBe(first.session.id);
    expect(await refusedBy(seatsOf().heartbeat(anyone, first))).toMatchObject({
      code: "LEASE_EXPIRED",
      details: { endReason: "released" },
    });
  });

  test("needs a lease that this server signed", async () => {
    expect(await refusedBy(seatsOf().releaseSeat(anyone, { lease: "a.b.c" }))).toMatchObject({
      code: "LEASE_INVALID",
    });
  });
});

test("leases signed before the signing key was rotated are still believed", async () => {
  const { first } = await aFullHouse(1);
  await made.core.catalog.rotateSigningKey(systemCall("test"), { product: "latch" });
  const renewed = await seatsOf().heartbeat(anyone, { lease: first.lease });
  expect(renewed.lease.split(".")[0]).not.toBe(first.lease.split(".")[0]);
  expect((await claimsOf(renewed.lease)).sid).toBe(first.session.id);
});
