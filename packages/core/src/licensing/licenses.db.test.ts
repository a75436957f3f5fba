import { verifyLease, openLicenseFile, parseLicenseKey } from "@latchkey/license-crypto/verify";
import { fingerprintHash } from "@latchkey/license-crypto";
import { createCore } from "@latchkey/core";
import { transact } from "@latchkey/db";
import { auditEntries, licenses, outboxEvents } from "@latchkey/db/schema";
import {
  activatedMachines,
  aCustomer,
  aLicense,
  callBy,
  createTestCore,
} from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq, sql } from "drizzle-orm";
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
const staff = callBy({ kind: "staff", userId: "staff", email: "staff@test", role: "support" });
const licensing = () => made.core.licensing;
const asSystem = <Result>(work: Parameters<typeof transact<Result>>[2]) =>
  transact(made.database, { kind: "system" }, work);

const stored = (id: string) =>
  asSystem(async ({ db }) => (await db.select().from(licenses).where(eq(licenses.id, id)))[0]);

const actionsOn = (id: string) =>
  asSystem(async ({ db }) =>
    (
      await db
        .select({ action: auditEntries.action })
        .from(auditEntries)
        .where(eq(auditEntries.targetId, id))
        .orderBy(auditEntries.id)
    ).map(({ action }) => action),
  );

const eventsOf = (licenseId: string) =>
  asSystem(async ({ db }) =>
    (
      await db
        .select({ type: outboxEvents.type })
        .from(outboxEvents)
        .where(sql`${outboxEvents.payload}->>'licenseId' = ${licenseId}`)
        .orderBy(outboxEvents.id)
    ).map(({ type }) => type),
  );

describe("a new license", () => {
  test("has a key that the database does not hold", async () => {
    const { licenseId, licenseKey } = await aLicense(made);
    expect(parseLicenseKey(licenseKey)).toMatchObject({ ok: true, prefix: "LATCH" });
    const row = await stored(licenseId);
    expect(row).toMatchObject({ status: "active", keyLastFour: licenseKey.slice(-4) });
    const dump = JSON.stringify(row) + row?.keyCiphertext.toString("latin1");
    expect(dump).not.toContain(licenseKey.slice(6, -5));
    expect(await actionsOn(licenseId)).toEqual(["license.issue"]);
    expect(await eventsOf(licenseId)).toEqual([]);
  });

  test("is listed to its members with a masked key, and to nobody else", async () => {
    const owner = await aCustomer(made);
    const ids = [];
    for (let n = 0; n < 3; n += 1) ids.unshift((await aLicense(made, { owner })).licenseId);
    const first = await licensing().listLicenses(owner.call, { limit: 2 });
    const second = await licensing().listLicenses(owner.call, {
      limit: 2,
      cursor: first.nextCursor ?? undefined,
    });
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(ids);
    expect(second.nextCursor).toBeNull();
    expect(first.items[0]?.key).toMatch(/^LATCH-\*{4}-\*{4}-\*{4}-\*{4}-[0-9A-Z]{4}$/);
    const [licenseId = ""] = ids;
    const stranger = (await aCustomer(made)).call;
    expect((await licensing().listLicenses(stranger, { limit: 20 })).items).toEqual([]);
    for (const verb of [licensing().getLicense, licensing().revealKey, licensing().rotateKey]) {
      await expect(verb(stranger, { licenseId })).rejects.toMatchObject({ code: "NOT_FOUND" });
    }
  });

  test("shows what of it is in use", async () => {
    const license = await aLicense(made, { maxSeats: 2, maxMachines: 5 });
    const [fingerprint = ""] = await activatedMachines(made, license, 2);
    await licensing().acquireSeat(anyone, { licenseKey: license.licenseKey, fingerprint });
    const { licenseId } = license;
    expect(await licensing().getLicense(license.owner.call, { licenseId })).toMatchObject({
      seats: { used: 1, max: 2 },
      machines: { used: 2, max: 5 },
    });
  });
});

describe("a license key", () => {
  test("is revealed to who may manage, and the audit trail says so", async () => {
    const { licenseId, licenseKey, owner } = await aLicense(made);
    expect(await licensing().revealKey(owner.call, { licenseId })).toEqual({ licenseKey });
    expect(await actionsOn(licenseId)).toContain("license.reveal_key");
    expect(await licensing().revealLicenseKey(systemCall("mail"), licenseId)).toBe(licenseKey);
    const { organizationId, userId, email } = owner;
    const member = callBy({
      kind: "member",
      userId,
      email,
      emailVerified: true,
      organizationId,
      role: "member",
    });
    await expect(licensing().revealKey(member, { licenseId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
    await expect(licensing().revealLicenseKey(owner.call, licenseId)).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  test("that is rotated stops at once, while machines and sessions stay", async () => {
    const license = await aLicense(made);
    const { licenseId, licenseKey, owner } = license;
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    const held = await licensing().acquireSeat(anyone, { licenseKey, fingerprint });

    const rotated = await licensing().rotateKey(owner.call, { licenseId });
    expect(await licensing().validateLicense(anyone, { licenseKey })).toMatchObject({
      code: "NOT_FOUND",
    });
    await expect(
      licensing().acquireSeat(anyone, { licenseKey, fingerprint }),
    ).rejects.toMatchObject({ code: "LICENSE_NOT_USABLE" });
    await licensing().heartbeat(anyone, { lease: held.lease });
    const again = await licensing().acquireSeat(anyone, { ...rotated, fingerprint });
    expect(again.session.id).toBe(held.session.id);
    expect(await eventsOf(licenseId)).toEqual(["machine.activated", "license.key_rotated"]);
    expect(await actionsOn(licenseId)).toContain("license.rotate_key");
  });

  test("that is rotated takes no seat on a node that knew it a moment ago", async () => {
    const license = await aLicense(made);
    const { licenseId, licenseKey, owner } = license;
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    const elsewhere = createCore(made.deps).licensing;
    const held = await elsewhere.acquireSeat(anyone, { licenseKey, fingerprint });
    await elsewhere.releaseSeat(anyone, { lease: held.lease });

    const rotated = await licensing().rotateKey(owner.call, { licenseId });
    await expect(elsewhere.acquireSeat(anyone, { licenseKey, fingerprint })).rejects.toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "NOT_FOUND" },
    });
    await elsewhere.acquireSeat(anyone, { ...rotated, fingerprint });
  });

  test("is rotated by staff unseen, and by no lesser member", async () => {
    const { licenseId, licenseKey, owner } = await aLicense(made);
    const answer = await licensing().rotateKeyByStaff(staff, { licenseId, reason: "leaked" });
    expect(Object.keys(answer)).toEqual(["rotatedAt"]);
    expect(await licensing().revealKey(owner.call, { licenseId })).not.toEqual({ licenseKey });
    const admin = callBy({ ...actorOf(owner.call.actor), role: "admin" });
    await expect(licensing().rotateKey(admin, { licenseId })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

const actorOf = (actor: typeof anyone.actor) => {
  if (actor.kind !== "member") throw new Error("not a member");
  return actor;
};

describe("a license file", () => {
  const ring = () => made.core.catalog.getKeyRing(productId);

  test("opens with the public key alone, and is bound and sealed where asked", async () => {
    const { licenseId, licenseKey, owner } = await aLicense(made, { maxSeats: 4 });
    const fingerprint = "machine-without-a-network";
    const { file, expiresAt } = await licensing().checkOutLicenseFile(owner.call, {
      licenseId,
      fingerprint,
      ttl: 3600,
      encrypt: true,
    });
    const key = parseLicenseKey(licenseKey);
    if (!key.ok) throw new Error("the key does not parse");
    const facts = { nowSeconds: Date.parse(expiresAt) / 1000 - 10, audience: productId };
    const opened = openLicenseFile(file, await ring(), {
      ...facts,
      licenseKey: key.key,
      fingerprint,
    });
    expect(opened).toMatchObject({
      ok: true,
      claims: {
        sub: licenseId,
        organization: "Customer Inc",
        maxSeats: 4,
        fph: fingerprintHash(fingerprint, productId),
      },
    });
    expect(openLicenseFile(file, await ring(), facts)).toMatchObject({ ok: false });
    expect(await actionsOn(licenseId)).toContain("license.check_out_file");
  });

  test("never outlives the license, and is not made for one that may not run", async () => {
    const { now } = await asSystem(async (tx) => tx);
    const paidUntil = new Date(now.getTime() + 7_200_000);
    const { licenseId, owner } = await aLicense(made, { paidUntil });
    const checkOut = (call: typeof anyone) =>
      licensing().checkOutLicenseFile(call, { licenseId, ttl: 86_400 });
    const { expiresAt } = await checkOut(owner.call);
    expect(Date.parse(expiresAt)).toBe(Math.floor(paidUntil.getTime() / 1000) * 1000);
    await checkOut(systemCall("license mail"));
    await expect(checkOut(staff)).rejects.toMatchObject({ code: "FORBIDDEN" });
    await licensing().suspendLicense(staff, { licenseId, reason: "test" });
    await expect(checkOut(owner.call)).rejects.toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "SUSPENDED" },
    });
  });
});

describe("a validation", () => {
  test("answers what stands behind the key", async () => {
    const { licenseId, licenseKey } = await aLicense(made, { features: { export: true } });
    expect(await licensing().validateLicense(anyone, { licenseKey })).toMatchObject({
      valid: true,
      code: "VALID",
      license: { id: licenseId, status: "active" },
    });
    for (const [input, code] of [
      [{ product: "other" }, "PRODUCT_MISMATCH"],
      [{ product: "latch", features: ["export"] }, "VALID"],
      [{ product: productId, features: ["import"] }, "FEATURE_MISSING"],
      [{ fingerprint: "never-activated-machine" }, "NO_MACHINE"],
    ] as const) {
      const validation = await licensing().validateLicense(anyone, {
        licenseKey,
        ...input,
        features: "features" in input ? [...input.features] : undefined,
      });
      expect(validation).toMatchObject({ code, valid: code === "VALID" });
    }
  });

  test("tells of a full house to who would have to wait, not to who holds a seat", async () => {
    const license = await aLicense(made, { maxSeats: 1 });
    const { licenseKey } = license;
    const [holder = "", other = ""] = await activatedMachines(made, license, 2);
    await licensing().acquireSeat(anyone, { licenseKey, fingerprint: holder });
    const codeFor = async (fingerprint: string) =>
      (await licensing().validateLicense(anyone, { licenseKey, fingerprint })).code;
    expect([await codeFor(holder), await codeFor(other)]).toEqual(["VALID", "SEATS_EXHAUSTED"]);
    expect(await codeFor("never-activated-machine")).toBe("FINGERPRINT_MISMATCH");
  });

  test("finds typing errors without asking anybody, and is limited per license and address", async () => {
    const { licenseKey } = await aLicense(made);
    const groups = licenseKey.split("-");
    groups[2] = "??";
    expect(await licensing().validateLicense(anyone, { licenseKey: groups.join("-") })).toEqual({
      valid: false,
      code: "NOT_FOUND",
      detail: expect.stringContaining("typing error in group 3"),
    });
    const asked = Array.from({ length: 61 }, () =>
      licensing().validateLicense(anyone, { licenseKey }),
    );
    const answers = await Promise.allSettled(asked);
    expect(answers.filter(({ status }) => status === "rejected")).toHaveLength(1);
    const elsewhere = { ...anyone, address: "198.51.100.9" };
    await licensing().validateLicense(elsewhere, { licenseKey });
  });
});

test("a lease of one product is no lease of another", async () => {
  const license = await aLicense(made);
  const [fingerprint = ""] = await activatedMachines(made, license, 1);
  const { licenseKey } = license;
  const { lease } = await licensing().acquireSeat(anyone, { licenseKey, fingerprint });
  const ring = await made.core.catalog.getKeyRing(productId);
  expect(verifyLease(ring, lease, { audience: "another" })).toMatchObject({ ok: false });
});

describe("staff", () => {
  test("find licenses by organization, plan, key ending and id", async () => {
    const { licenseId, licenseKey, owner } = await aLicense(made);
    await made.database.sql.begin(async (tx) => {
      await tx`select set_config('latchkey.scope', 'system', true)`;
      await tx`update organizations set name = '100% Möbel_Ärzte' where id = ${owner.organizationId}`;
    });
    const find = async (q: string) =>
      (await licensing().listAllLicenses(staff, { limit: 100, q })).items.map(({ id }) => id);
    for (const q of ["00% möbel_", licenseId, licenseKey.slice(-4).toLowerCase(), "Test plan"]) {
      expect(await find(q)).toContain(licenseId);
    }
    for (const q of ["100%M", "no such thing", "%"]) {
      const found = await find(q);
      expect(found.includes(licenseId)).toBe(q === "%");
    }
    const got = await licensing().getAnyLicense(staff, { licenseId });
    expect(got.organization).toEqual({ id: owner.organizationId, name: "100% Möbel_Ärzte" });
    for (const call of [owner.call, anyone]) {
      await expect(licensing().listAllLicenses(call, { limit: 1 })).rejects.toMatchObject({
        code: expect.stringMatching(/FORBIDDEN|UNAUTHENTICATED/),
      });
    }
  });
});
