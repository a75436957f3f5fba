import postgres from "postgres";
import { expect, test } from "vitest";
import { createTestDatabase } from "./test-database.ts";

test("two test files get the same tables and never see each other's rows", async () => {
  const made = await Promise.all([createTestDatabase(), createTestDatabase()]);
  const [one, other] = made.map(({ url }) => postgres(url, { max: 1 }));
  if (one === undefined || other === undefined) throw new Error("Two databases were asked for.");
  await one`create table only_here ()`;
  const tables = (sql: postgres.Sql) =>
    sql`select table_name from information_schema.tables
        where table_schema = 'public' and table_name <> 'only_here' order by 1`;
  expect(await tables(other)).toEqual(await tables(one));
  expect(await tables(other)).not.toHaveLength(0);
  await expect(other`select * from only_here`).rejects.toThrow("does not exist");
  await Promise.all([one.end(), other.end(), ...made.map(({ close }) => close())]);
});

test("closing drops the database even under an open connection", async () => {
  const made = await createTestDatabase();
  const sql = postgres(made.url, { max: 1 });
  await sql`select 1`;
  await made.close();
  await expect(sql`select 1`).rejects.toThrow("does not exist");
  await sql.end();
});
