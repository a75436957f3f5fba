import { setTimeout as sleep } from "node:timers/promises";
import { createTestDatabase } from "@latchkey/testing";
import { sql } from "drizzle-orm";
import { z } from "zod";
import { expect, test } from "vitest";
import { connectDatabase, isUnavailable, requestLimits, transact } from "./index.ts";

const Backend = z.tuple([z.object({ pid: z.int() })]);

/** Twice as much as two connections can do, for longer than anybody waits for them. */
const [rounds, askedPerRound, workSeconds] = [150, 8, 0.01];

test("a jam cuts no connection that works", async () => {
  const clone = await createTestDatabase();
  const limits = { ...requestLimits, patienceMs: 1_500 };
  const database = connectDatabase({
    url: clone.url,
    applicationName: "jam",
    poolSize: 2,
    limits,
  });
  const backends = new Set<number>();
  let refused = 0;
  const ask = async (): Promise<void> => {
    try {
      const rows = await transact(database, { kind: "system" }, ({ db }) =>
        db.execute(sql`select pg_backend_pid() as pid, pg_sleep(${workSeconds})`),
      );
      const [{ pid }] = Backend.parse([rows[0]]);
      backends.add(pid);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      refused += 1;
    }
  };
  const asked: Promise<void>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    for (let each = 0; each < askedPerRound; each += 1) asked.push(ask());
    await sleep(20);
  }
  await Promise.all(asked);
  await database.close();
  await clone.close();
  expect(refused).toBeGreaterThan(0);
  expect(backends.size).toBe(2);
});
