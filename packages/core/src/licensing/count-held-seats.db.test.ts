import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { systemCall } from "../call.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const admin = callBy({ kind: "staff", userId: "staff", email: "staff@test", role: "admin" });

test("the seats held of all licenses are counted, and those given back are not", async () => {
  const { licensing } = made.core;
  const leases: string[] = [];
  for (const maxSeats of [1, 2]) {
    const license = await aLicense(made, { maxSeats });
    for (const fingerprint of await activatedMachines(made, license, maxSeats)) {
      const { licenseKey } = license;
      leases.push((await licensing.acquireSeat(anyone, { licenseKey, fingerprint })).lease);
    }
  }
  expect(await licensing.countHeldSeats(systemCall("test"))).toBe(3);
  await licensing.releaseSeat(anyone, { lease: leases[0] ?? "" });
  expect(await licensing.countHeldSeats(systemCall("test"))).toBe(2);
});

test.each([
  ["nobody", anyone],
  ["an administrator", admin],
])("%s may not count them", async (_who, call) => {
  await expect(made.core.licensing.countHeldSeats(call)).rejects.toMatchObject({
    code: "FORBIDDEN",
  });
});
