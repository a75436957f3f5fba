import { isDomainError } from "@latchkey/contracts";
import { transact, transactByKeys } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { machines } from "@latchkey/db/schema";
import { usesPerMinute } from "@latchkey/redis";
import { activatedMachines, aLicense, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { judgeSeats } from "./judge-seats.ts";
import type { AcquireRequest } from "./seat-requests.ts";

const anyone = callBy({ kind: "anonymous" });
const components = { board: "board-0001", disk: "disk-00001", mac: "mac-000001" };

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

/** A license with one machine of these components, which holds its only seat. */
const aHouse = async () => {
  const license = await aLicense(made, { maxSeats: 1 });
  const { licenseKey } = license;
  const machine = { licenseKey, fingerprint: "machine-as-it-was", components };
  await made.core.licensing.activateMachine(anyone, machine);
  const acquire = (fingerprint: string, parts = components) =>
    made.core.licensing.acquireSeat(anyone, { licenseKey, fingerprint, components: parts }).then(
      () => "granted",
      (error: unknown) => {
        if (!isDomainError(error)) throw error;
        return "validationCode" in error.details ? error.details.validationCode : error.code;
      },
    );
  expect(await acquire(machine.fingerprint)).toBe("granted");
  return { ...license, acquire, fingerprint: machine.fingerprint };
};

const foreign = { board: "board-9999", disk: "disk-99999", mac: "mac-999999" };

/** How often the judgement of these requests asks PostgreSQL for anything. */
const countSelects = (requests: readonly AcquireRequest[]): Promise<number> =>
  transactByKeys(made.database, { kind: "system" }, async (tx) => {
    let selects = 0;
    const db: Tx["db"] = new Proxy(tx.db, {
      get: (target, name, receiver) => {
        if (name === "select") selects += 1;
        const value: unknown = Reflect.get(target, name, receiver);
        return value;
      },
    });
    await judgeSeats({ ...tx, db }, requests, { skipLocked: true });
    return selects;
  });

describe("acquires by fingerprints that the license does not know", () => {
  test("cost the judgement that all share no more together than one of them", async () => {
    const { licenseId, licenseKey } = await aHouse();
    const keyHash = made.deps.vault.hash("license-key", licenseKey);
    const requests = Array.from({ length: 20 }, (_, index): AcquireRequest => {
      const input = { fingerprint: `stranger-number-${index}`, components: foreign };
      return { kind: "acquire", licenseId, keyHash, input, call: anyone, machineId: null };
    });
    const ofOne = await countSelects(requests.slice(0, 1));
    expect(ofOne).toBeGreaterThan(0);
    expect(await countSelects(requests)).toBe(ofOne);
  });

  test("are limited by license, and nobody known with them", async () => {
    const [house, other] = [await aHouse(), await aHouse()];
    const [known = ""] = await activatedMachines(made, house, 1);
    const fingerprints = Array.from(
      { length: usesPerMinute.stranger + 5 },
      (_, i) => `guess-${i}-of-many`,
    );
    const answers = await Promise.all(fingerprints.map((each) => house.acquire(each, foreign)));
    const counted = Map.groupBy(answers, (answer) => answer);
    expect(counted.get("NO_MACHINE")).toHaveLength(usesPerMinute.stranger);
    expect(counted.get("RATE_LIMITED")).toHaveLength(5);
    expect(await house.acquire(house.fingerprint)).toBe("granted");
    expect(await house.acquire(known)).toBe("SEATS_EXHAUSTED");
    expect(await other.acquire("guess-of-another", foreign)).toBe("NO_MACHINE");
  });

  test("are granted to a machine that is known by most of its parts, whoever comes with it", async () => {
    const { acquire } = await aHouse();
    const answers = await Promise.all([
      acquire("somebody-else", foreign),
      acquire("machine-with-a-new-disk", { ...components, disk: "disk-00002" }),
      acquire("somebody-else-again", foreign),
    ]);
    expect(answers).toEqual(["NO_MACHINE", "granted", "NO_MACHINE"]);
    expect(await acquire("machine-as-it-was", foreign)).toBe("NO_MACHINE");
  });

  test("are refused to a barred machine that is known by its parts", async () => {
    const { acquire, licenseId } = await aHouse();
    await transact(made.database, { kind: "system" }, ({ db, now }) =>
      db.update(machines).set({ bannedAt: now }).where(eq(machines.licenseId, licenseId)),
    );
    expect(await acquire("barred-machine", { ...components, disk: "disk-00002" })).toBe(
      "FINGERPRINT_BANNED",
    );
    expect(await acquire("machine-as-it-was")).toBe("FINGERPRINT_BANNED");
  });
});
