import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createFullLicenses, mostRemembered } from "./full-licenses.ts";
import type { FullLicense } from "./full-licenses.ts";

const keyHash = Buffer.from("hash");
const licenseId = "license";

const full = (ttlMs = 300_000, id = licenseId): FullLicense => ({
  license: { id, organizationId: "organization", keyHash, maxSeats: 1 },
  usedSeats: 1,
  seats: [{ machineId: "holder", ttlMs }],
  machineIds: new Map([["fingerprint", "machine"]]),
  at: new Date("2026-01-01T00:00:00Z"),
});

const wanted = { licenseId, keyHash, machineId: "machine" };

describe("what PostgreSQL said of a full license", () => {
  test("refuses machines that hold no seat by it, as of when PostgreSQL judged", async () => {
    const licenses = createFullLicenses();
    expect(licenses.find(wanted)).toBeNull();
    licenses.remember(full(), performance.now());
    // With no later instant: signed with that, it would end a lease that another node gave meanwhile.
    expect(licenses.find(wanted)).toEqual(full());
    expect(licenses.findMachineId({ licenseId, fingerprint: "fingerprint" })).toBe("machine");
    expect(licenses.findMachineId({ licenseId, fingerprint: "another" })).toBeNull();
  });

  test.each([
    ["the holder", { machineId: "holder" }],
    ["a machine that is not known", { machineId: null }],
    ["whoever has another key", { keyHash: Buffer.from("rotated") }],
    ["a machine of another license", { licenseId: "other" }],
  ])("does not refuse %s", (_, who) => {
    const licenses = createFullLicenses();
    licenses.remember(full(), performance.now());
    expect(licenses.find({ ...wanted, ...who })).toBeNull();
  });

  test("holds for a second from before it was asked", () => {
    const licenses = createFullLicenses();
    licenses.remember(full(), performance.now() - 1001);
    expect(licenses.isFull(licenseId)).toBe(false);
  });

  test("holds until the first of the seats expires", async () => {
    const licenses = createFullLicenses();
    licenses.remember(full(20), performance.now());
    await sleep(25);
    expect(licenses.isFull(licenseId)).toBe(false);
  });

  test("goes, the oldest first, where too many machines would be remembered with it", () => {
    const licenses = createFullLicenses();
    const half = Array.from({ length: mostRemembered / 2 }, (_, index) => String(index));
    const machineIds = new Map(half.map((each) => [each, each]));
    const ids = ["one", "two", "three"];
    for (const id of ids)
      licenses.remember({ ...full(300_000, id), machineIds }, performance.now());
    expect(ids.map((id) => licenses.isFull(id))).toEqual([false, false, true]);
    licenses.forget("three");
    for (const id of ids) licenses.remember(full(300_000, id), performance.now() + 1);
    expect(ids.map((id) => licenses.isFull(id))).toEqual([true, true, true]);
  });

  test("is remembered of a license that has too many machines by itself", () => {
    const licenses = createFullLicenses();
    const all = Array.from({ length: mostRemembered + 1 }, (_, index) => String(index));
    const seats = all.map((machineId) => ({ machineId, ttlMs: 300_000 }));
    licenses.remember({ ...full(), seats }, performance.now());
    expect(licenses.isFull(licenseId)).toBe(true);
  });

  test("holds no longer once a seat is freed, also when it was asked before", () => {
    const licenses = createFullLicenses();
    const startedMs = performance.now();
    licenses.remember(full(), startedMs);
    licenses.forget(licenseId);
    expect(licenses.isFull(licenseId)).toBe(false);
    licenses.remember(full(), startedMs);
    expect(licenses.isFull(licenseId)).toBe(false);
    licenses.remember(full(), performance.now() + 1);
    expect(licenses.isFull(licenseId)).toBe(true);
  });
});
