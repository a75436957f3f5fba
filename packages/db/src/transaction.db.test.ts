import { createTestDatabase } from "@latchkey/testing";
import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, executeAsSystem, sqlStateOf, transact, within } from "./index.ts";
import type { Database, Sql, Tx } from "./index.ts";
import * as schema from "./schema/index.ts";

const organization = () => {
  const id = uuidv7();
  return { id, name: "Acme", slug: id };
};
const [mine, theirs] = [organization(), organization()];
const tenant = { kind: "tenant", organizationId: mine.id } as const;
const system = { kind: "system" } as const;

let database: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  const clone = await createTestDatabase();
  close = clone.close;
  database = connectDatabase({ url: clone.url, applicationName: "transaction test" });
  await transact(database, system, ({ db }) =>
    db.insert(schema.organizations).values([mine, theirs]),
  );
});
afterAll(async () => {
  await database.close();
  await close();
});

const seenBy = async ({ db }: Tx) =>
  new Set((await db.select().from(schema.organizations)).map(({ id }) => id));
const refuse = () => Promise.reject(new Error("no"));
const insertTwice = ({ db }: Tx) => db.insert(schema.organizations).values(mine);

describe("work within another scope", () => {
  test("sees that scope's rows, and hands back the outer one", async () => {
    await transact(database, tenant, async (tx) => {
      expect(await within(tx, system, seenBy)).toEqual(new Set([mine.id, theirs.id]));
      expect(await seenBy(tx)).toEqual(new Set([mine.id]));
    });
  });

  test("hands back the outer scope when it refuses, too", async () => {
    await transact(database, tenant, async (tx) => {
      await expect(within(tx, system, refuse)).rejects.toThrow("no");
      expect(await seenBy(tx)).toEqual(new Set([mine.id]));
    });
  });

  test("hands back the outer scope when its savepoint is undone", async () => {
    await transact(database, tenant, async (tx) => {
      const undone = tx.db.transaction((db) => within({ ...tx, db }, system, insertTwice));
      await expect(undone).rejects.toSatisfy((error) => sqlStateOf(error) === "23505");
      expect(await seenBy(tx)).toEqual(new Set([mine.id]));
    });
  });

  test("passes on the error that ended the transaction", async () => {
    const failed = transact(database, tenant, (tx) => within(tx, system, insertTwice));
    await expect(failed).rejects.toSatisfy((error) => sqlStateOf(error) === "23505");
  });

  test("leaves no scope behind on the connection", async () => {
    const { drizzle } = database;
    await Promise.all(
      Array.from({ length: 20 }, () => transact(database, system, (tx) => seenBy(tx))),
    );
    const rows = await drizzle.execute(
      sql`select current_setting('latchkey.scope', true) as scope`,
    );
    expect([null, ""]).toContain(rows[0]?.["scope"]);
  });
});

test("a statement of the house sees every tenant's rows, and leaves other connections blind", async () => {
  const organizationsIn = async (client: Sql) =>
    new Set((await client<{ id: string }[]>`select id from organizations`).map(({ id }) => id));
  expect(await executeAsSystem(database, organizationsIn)).toEqual(new Set([mine.id, theirs.id]));
  expect(await organizationsIn(database.sql)).toEqual(new Set());
  expect(await transact(database, tenant, seenBy)).toEqual(new Set([mine.id]));
});

test("arrays of ids and of texts come back as arrays, and go in as arrays", async () => {
  const ids = ["0198c5a4-0000-7000-8000-000000000001", "0198c5a4-0000-7000-8000-000000000002"];
  const texts = ["plain", 'with "quotes", a comma', ""];
  const [row] = await database.sql`select ${ids}::uuid[] as ids, ${texts}::text[] as texts`;
  expect(row).toEqual({ ids, texts });
});

test("no connection compiles its statements, which takes PostgreSQL 15 longer than any of them", async () => {
  const shown = async (sql: Sql) => [...(await sql`show jit`)];
  expect(await executeAsSystem(database, shown)).toEqual([{ jit: "off" }]);
  expect(await shown(database.sql)).toEqual([{ jit: "off" }]);
  const inTransaction = await transact(database, system, ({ db }) => db.execute(sql`show jit`));
  expect([...inTransaction]).toEqual([{ jit: "off" }]);
});
