import { transact } from "@latchkey/db";
import { aFilledLicense, rowsReadIn } from "@latchkey/testing/filled-license";
import { createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findMachineByFingerprint } from "./machine-store.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

test("a machine is found by its fingerprint among thousands, reading no other", async () => {
  const license = await aFilledLicense(made, { machines: 3000 });
  const [fingerprint = ""] = license.fingerprints;
  const read = await transact(made.database, { kind: "system" }, async (tx) => {
    const before = await rowsReadIn(tx);
    expect(await findMachineByFingerprint(tx, license.licenseId, fingerprint)).not.toBeNull();
    return (await rowsReadIn(tx)) - before;
  });
  expect(read).toBe(1);
});
