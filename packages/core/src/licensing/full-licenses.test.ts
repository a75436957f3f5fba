import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { createFullLicenses } from "./full-licenses.ts";
import type { FullLicense } from "./full-licenses.ts";

const keyHash = Buffer.from("hash");
const licenseId = "license";

const full = (ttlMs = 300_000): FullLicense => ({
  license: { id: licenseId, organizationId: "organization", keyHash, maxSeats: 1 },
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
