import { transactByKeys } from "@latchkey/db";
import { aFilledLicense, gatherStatistics, rowsReadIn } from "@latchkey/testing/filled-license";
import type { FilledLicense } from "@latchkey/testing/filled-license";
import { callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { judgeSeats } from "./judge-seats.ts";
import type { AcquireRequest } from "./seat-requests.ts";

const anyone = callBy({ kind: "anonymous" });

let made: TestCore;
beforeEach(async () => {
  made = await createTestCore();
});
afterEach(() => made.close());

const acquiresOf = ({ licenseId, licenseKey, fingerprints }: FilledLicense, count: number) => {
  const keyHash = made.deps.vault.hash("license-key", licenseKey);
  return fingerprints.slice(0, count).map((fingerprint): AcquireRequest => {
    return {
      kind: "acquire",
      licenseId,
      keyHash,
      input: { fingerprint },
      call: anyone,
      machineId: null,
    };
  });
};

const granted = 20;

test("acquires read by their keys, though PostgreSQL planned when its tables were empty", async () => {
  const read = await transactByKeys(made.database, { kind: "system" }, async (tx) => {
    // PostgreSQL keeps the sixth plan of a prepared statement, until somebody gathers statistics.
    const first = await aFilledLicense(made, { machines: 6 });
    for (const acquire of acquiresOf(first, 6))
      await judgeSeats(tx, [acquire], { skipLocked: true });

    const license = await aFilledLicense(made, { machines: 3000 });
    await aFilledLicense(made, { sessions: 3000 });
    const before = await rowsReadIn(tx);
    const judged = await judgeSeats(tx, acquiresOf(license, granted), { skipLocked: true });
    expect([...judged.values()].filter(({ kind }) => kind === "granted")).toHaveLength(granted);
    return (await rowsReadIn(tx)) - before;
  });
  // Of each acquire: its machine, once more for the key that its session names, and its session.
  expect(read).toBeLessThanOrEqual(granted * 5);
});

test("an acquire reads the seats of its license alone, though PostgreSQL planned when there were few of all", async () => {
  const seats = 100;
  const small = await aFilledLicense(made, { machines: 20, sessions: seats });
  await gatherStatistics(made);
  const read = await transactByKeys(made.database, { kind: "system" }, async (tx) => {
    const acquires = acquiresOf(small, 11);
    for (const acquire of acquires.slice(1)) {
      await judgeSeats(tx, [acquire], { skipLocked: true });
    }
    await aFilledLicense(made, { sessions: 3000 });
    await aFilledLicense(made, { sessions: 3000 });
    const before = await rowsReadIn(tx);
    await judgeSeats(tx, acquires.slice(0, 1), { skipLocked: true });
    return (await rowsReadIn(tx)) - before;
  });
  // They are counted before and after, and what was granted here with them.
  expect(read).toBeLessThanOrEqual(3 * seats);
});
