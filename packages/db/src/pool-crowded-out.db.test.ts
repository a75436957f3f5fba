import { createTestDatabase } from "@latchkey/testing";
import { sql } from "drizzle-orm";
import postgres from "postgres";
import { expect, test } from "vitest";
import { connectDatabase, newId, requestLimits, transact } from "./index.ts";

test("who gets no connection from a full PostgreSQL is served by those that are there", async () => {
  const clone = await createTestDatabase();
  const owner = postgres(clone.url, { max: 1, onnotice: () => undefined });
  const role = `few_${newId().replaceAll("-", "")}`;
  await owner.unsafe(`create role ${role} login password 'few' connection limit 1`);
  await owner.unsafe(`grant latchkey_app to ${role}`);
  const url = Object.assign(new URL(clone.url), { username: role, password: "few" });
  const database = connectDatabase({
    url: url.href,
    applicationName: "crowded out",
    poolSize: 4,
    limits: requestLimits,
  });
  const ask = async () =>
    transact(database, { kind: "system" }, ({ db }) => db.execute(sql`select pg_sleep(0.005)`));
  await ask();
  await Promise.all(Array.from({ length: 100 }, ask));
  expect(database.poolUse().waiting).toBe(0);
  await database.close();
  await owner.unsafe(`drop role ${role}`);
  await owner.end();
  await clone.close();
});
