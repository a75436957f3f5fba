import { isDomainError } from "@latchkey/contracts";
import { verifyLease, verifyRefusal } from "@latchkey/license-crypto/verify";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
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
const nonce = (number: number) => `nonce-of-call-number-${number}`;

const leaseNonce = async (lease: string) => {
  const ring = await made.core.catalog.getKeyRing(productId);
  const verified = verifyLease(ring, lease, { audience: productId });
  return verified.ok ? verified.claims.nonce : verified.reason;
};

/** What the signed refusal repeats that `work` ends with. */
const refusalNonce = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isDomainError(error)) throw new Error("nothing was refused", { cause: error });
  const details: object = error.details;
  if (!("refusal" in details) || typeof details.refusal !== "string") return "unsigned";
  const ring = await made.core.catalog.getKeyRing(productId);
  const verified = verifyRefusal(ring, details.refusal, { audience: productId });
  return verified.ok ? verified.claims.nonce : verified.reason;
};

const aHouse = async (machines: number, maxSeats = machines) => {
  const { licensing } = made.core;
  const license = await aLicense(made, { maxSeats });
  const fingerprints = await activatedMachines(made, license, machines);
  const acquire = (index: number, sent?: string) =>
    licensing.acquireSeat(anyone, {
      licenseKey: license.licenseKey,
      fingerprint: fingerprints[index] ?? "",
      ...(sent !== undefined && { nonce: sent }),
    });
  return { ...license, licensing, acquire };
};

describe("what a call sends as its nonce", () => {
  test("comes back in its lease, and one that sends none gets none", async () => {
    const { licensing, acquire } = await aHouse(1);
    const first = await acquire(0, nonce(1));
    expect(await leaseNonce(first.lease)).toBe(nonce(1));
    expect(await leaseNonce((await acquire(0)).lease)).toBe(undefined);
    const renewed = await licensing.heartbeat(anyone, { lease: first.lease, nonce: nonce(2) });
    expect(await leaseNonce(renewed.lease)).toBe(nonce(2));
    const plain = await licensing.heartbeat(anyone, { lease: renewed.lease });
    expect(await leaseNonce(plain.lease)).toBe(undefined);
  });

  test("comes back to each of the heartbeats that one commit renews, also to two of one session", async () => {
    const { licensing, acquire } = await aHouse(8);
    const leases: string[] = [];
    for (let index = 0; index < 8; index += 1) leases.push((await acquire(index)).lease);
    const renewed = await Promise.all(
      [...leases, ...leases].map((lease, index) =>
        licensing.heartbeat(anyone, { lease, nonce: nonce(index) }),
      ),
    );
    for (const [index, { lease }] of renewed.entries()) {
      expect(await leaseNonce(lease)).toBe(nonce(index));
    }
  });

  test("comes back in the refusal of a seat, of a heartbeat and of a license", async () => {
    const { licensing, licenseId, acquire } = await aHouse(2, 1);
    const { lease } = await acquire(0);
    // Judged by PostgreSQL, then by Redis alone.
    expect(await refusalNonce(acquire(1, nonce(1)))).toBe(nonce(1));
    expect(await refusalNonce(acquire(1, nonce(2)))).toBe(nonce(2));
    expect(await refusalNonce(acquire(1))).toBe(undefined);

    await licensing.releaseSeat(anyone, { lease });
    expect(await refusalNonce(licensing.heartbeat(anyone, { lease, nonce: nonce(3) }))).toBe(
      nonce(3),
    );
    await licensing.suspendLicense(staff, { licenseId, reason: "test" });
    expect(await refusalNonce(licensing.heartbeat(anyone, { lease, nonce: nonce(4) }))).toBe(
      nonce(4),
    );
    expect(await refusalNonce(acquire(0, nonce(5)))).toBe(nonce(5));
  });
});
