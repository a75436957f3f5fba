import { transactByKeys } from "@latchkey/db";
import type { KeyedTx } from "@latchkey/db";
import { aFilledLicense } from "@latchkey/testing/filled-license";
import type { FilledLicense } from "@latchkey/testing/filled-license";
import { callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { judgeSeats } from "./judge-seats.ts";
import { findMachineByFingerprint } from "./machine-store.ts";
import type { AcquireRequest } from "./seat-requests.ts";

const anyone = callBy({ kind: "anonymous" });

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const Read = z.tuple([z.object({ rows: z.coerce.number() })]);

/** Rows of machines and sessions that the transaction has read up to now, those that it threw away too. */
const rowsReadIn = async ({ db }: KeyedTx): Promise<number> => {
  const [{ rows }] = Read.parse([
    ...(await db.execute(sql`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) as rows
      from pg_stat_xact_user_tables where relname in ('machines', 'sessions')`)),
  ]);
  return rows;
};

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

test("a machine is found by its fingerprint among all of its license", async () => {
  const license = await aFilledLicense(made, { machines: 3000 });
  const [fingerprint = ""] = license.fingerprints;
  const read = await transactByKeys(made.database, { kind: "system" }, async (tx) => {
    const before = await rowsReadIn(tx);
    expect(await findMachineByFingerprint(tx, license.licenseId, fingerprint)).not.toBeNull();
    return (await rowsReadIn(tx)) - before;
  });
  expect(read).toBe(1);
});
