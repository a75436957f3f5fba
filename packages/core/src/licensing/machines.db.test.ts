import { transact } from "@latchkey/db";
import { auditEntries, machines, outboxEvents } from "@latchkey/db/schema";
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

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const licensing = () => made.core.licensing;
const asSystem = <Result>(work: Parameters<typeof transact<Result>>[2]) =>
  transact(made.database, { kind: "system" }, work);

const eventsOf = (licenseId: string) =>
  asSystem(async ({ db }) =>
    (
      await db
        .select({ type: outboxEvents.type, payload: outboxEvents.payload })
        .from(outboxEvents)
        .where(sql`${outboxEvents.payload}->>'licenseId' = ${licenseId}`)
        .orderBy(outboxEvents.id)
    ).map(({ type, payload }) => [type, payload["reason"]].filter(Boolean).join(" ")),
  );

const auditOf = (targetId: string) =>
  asSystem(({ db }) =>
    db
      .select()
      .from(auditEntries)
      .where(eq(auditEntries.targetId, targetId))
      .orderBy(auditEntries.id),
  );

describe("activating a machine", () => {
  test("makes it one of the license's, once however often", async () => {
    const { licenseId, licenseKey, owner } = await aLicense(made);
    const input = {
      licenseKey,
      fingerprint: "fp:the-same-machine",
      name: "Studio",
      platform: "linux" as const,
      appVersion: "1.0.0",
    };
    const answers = await Promise.all(
      [1, 2, 3].map(() => licensing().activateMachine(anyone, input)),
    );
    expect(new Set(answers.map(({ machine }) => machine.id)).size).toBe(1);
    expect(answers[0]).toMatchObject({
      license: { id: licenseId, maxSeats: 3 },
      machine: { name: "Studio", platform: "linux", fingerprint: input.fingerprint },
    });
    expect(await eventsOf(licenseId)).toEqual(["machine.activated"]);
    const [entry] = await auditOf(answers[0]?.machine.id ?? "");
    expect(entry).toMatchObject({ action: "machine.activate", actorKind: "machine" });
    const listed = await licensing().listMachines(owner.call, { licenseId, limit: 20 });
    expect(listed.items).toHaveLength(1);
  });

  test("stops at what the plan allows, at once and together", async () => {
    const { licenseKey } = await aLicense(made, { maxMachines: 3 });
    const tries = Array.from({ length: 8 }, (_, index) =>
      licensing().activateMachine(anyone, { licenseKey, fingerprint: `fp:one-of-eight-${index}` }),
    );
    const answers = await Promise.allSettled(tries);
    expect(answers.filter(({ status }) => status === "fulfilled")).toHaveLength(3);
    for (const answer of answers) {
      if (answer.status === "fulfilled") continue;
      expect(answer.reason).toMatchObject({
        code: "LICENSE_NOT_USABLE",
        details: { validationCode: "MACHINE_LIMIT", refusal: expect.any(String) },
      });
    }
  });

  test("does not burn an activation for a new disk, and the audit trail says so", async () => {
    const { licenseKey } = await aLicense(made, { maxMachines: 1 });
    const components = { board: "board-0001", disk: "disk-00001", mac: "mac-000001" };
    const before = { licenseKey, fingerprint: "fp:before-the-new-disk", components };
    const after = {
      licenseKey,
      fingerprint: "fp:after-the-new-disk",
      components: { ...components, disk: "disk-00002" },
    };
    const { machine } = await licensing().activateMachine(anyone, before);
    const again = await licensing().activateMachine(anyone, after);
    expect(again.machine).toMatchObject({ id: machine.id, fingerprint: after.fingerprint });
    const actions = (await auditOf(machine.id)).map(({ action }) => action);
    expect(actions).toEqual(["machine.activate", "machine.recognize"]);

    // The stored set moved, so that the next new part is recognised against it.
    const third = {
      licenseKey,
      fingerprint: "fp:after-the-new-board",
      components: { ...after.components, board: "board-0002" },
    };
    expect((await licensing().activateMachine(anyone, third)).machine.id).toBe(machine.id);
    const stranger = {
      licenseKey,
      fingerprint: "fp:somebody-else",
      components: { mac: "mac-000001" },
    };
    await expect(licensing().activateMachine(anyone, stranger)).rejects.toMatchObject({
      details: { validationCode: "MACHINE_LIMIT" },
    });
  });

  test("keeps a barred machine out, by its parts too, and after it was taken off", async () => {
    const license = await aLicense(made);
    const { licenseKey } = license;
    const components = { board: "board-0001", disk: "disk-00001" };
    const fingerprint = "fp:barred-machine-01";
    const { machine } = await licensing().activateMachine(anyone, {
      licenseKey,
      fingerprint,
      components,
    });
    await licensing().deactivateMachine(anyone, { licenseKey, fingerprint });
    await asSystem(({ db, now }) =>
      db.update(machines).set({ bannedAt: now }).where(eq(machines.id, machine.id)),
    );
    for (const presented of [fingerprint, "fp:barred-with-another-name"]) {
      await expect(
        licensing().activateMachine(anyone, { licenseKey, fingerprint: presented, components }),
      ).rejects.toMatchObject({ details: { validationCode: "FINGERPRINT_BANNED" } });
    }
  });

  test("is refused, signed, while the license may not run", async () => {
    const { licenseId, licenseKey } = await aLicense(made);
    const staff = callBy({ kind: "staff", userId: "s", email: "s@test", role: "admin" });
    await licensing().revokeLicense(staff, { licenseId, reason: "test" });
    await expect(
      licensing().activateMachine(anyone, { licenseKey, fingerprint: "fp:too-late-machine" }),
    ).rejects.toMatchObject({
      code: "LICENSE_NOT_USABLE",
      details: { validationCode: "REVOKED", refusal: expect.any(String) },
    });
  });
});

describe("taking a machine off", () => {
  test("by its key ends its session, makes room and repeats harmlessly", async () => {
    const license = await aLicense(made, { maxMachines: 1, maxSeats: 1 });
    const { licenseId, licenseKey } = license;
    const [fingerprint = ""] = await activatedMachines(made, license, 1);
    const { lease } = await licensing().acquireSeat(anyone, { licenseKey, fingerprint });
    for (const _ of [1, 2]) {
      expect(await licensing().deactivateMachine(anyone, { licenseKey, fingerprint })).toBeNull();
    }
    expect(await eventsOf(licenseId)).toEqual([
      "machine.activated",
      "machine.deactivated",
      "session.ended machine_deactivated",
    ]);
    await expect(licensing().heartbeat(anyone, { lease })).rejects.toMatchObject({
      code: "LEASE_EXPIRED",
      details: { endReason: "machine_deactivated" },
    });
    await expect(
      licensing().acquireSeat(anyone, { licenseKey, fingerprint }),
    ).rejects.toMatchObject({ details: { validationCode: "NO_MACHINE" } });
    const [next = ""] = await activatedMachines(made, license, 1);
    await licensing().acquireSeat(anyone, { licenseKey, fingerprint: next });
  });

  test("is for members who may manage, in their own organization", async () => {
    const license = await aLicense(made);
    const { licenseId, owner } = license;
    await activatedMachines(made, license, 2);
    const { items } = await licensing().listMachines(owner.call, { licenseId, limit: 1 });
    const machineId = items[0]?.id ?? "";
    const stranger = (await aCustomer(made)).call;
    const billing = (await aCustomer(made, { role: "billing" })).call;
    await expect(
      licensing().removeMachine(stranger, { licenseId, machineId }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    await expect(
      licensing().removeMachine(billing, { licenseId, machineId }),
    ).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(licensing().listMachines(stranger, { licenseId, limit: 1 })).rejects.toMatchObject(
      { code: "NOT_FOUND" },
    );
    expect(await licensing().removeMachine(owner.call, { licenseId, machineId })).toBeNull();
    await expect(
      licensing().removeMachine(owner.call, { licenseId, machineId }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
    const left = await licensing().listMachines(owner.call, { licenseId, limit: 20 });
    expect(left.items).toHaveLength(1);
  });
});

test("a machine was last seen by its last heartbeat", async () => {
  const license = await aLicense(made);
  const { licenseId, licenseKey, owner } = license;
  const [fingerprint = ""] = await activatedMachines(made, license, 1);
  const { lease } = await licensing().acquireSeat(anyone, { licenseKey, fingerprint });
  await made.advance(100);
  await licensing().heartbeat(anyone, { lease });
  const { items } = await licensing().listMachines(owner.call, { licenseId, limit: 20 });
  const [machine] = items;
  expect(
    Date.parse(machine?.lastSeenAt ?? "") - Date.parse(machine?.activatedAt ?? ""),
  ).toBeGreaterThan(99_000);
});
