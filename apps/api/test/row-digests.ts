import { transact } from "@latchkey/db";
import type { Database, Tx } from "@latchkey/db";
import { sql } from "drizzle-orm";
import { z } from "zod";

const Tables = z.array(z.object({ name: z.string() }));
const Digested = z.tuple([z.object({ digest: z.string() })]);

/** Sign-in's own: reading a session may slide it. */
const leftOut = new Set(["user_sessions"]);

const tablesOf = async ({ db }: Tx): Promise<string[]> => {
  const rows = await db.execute(sql`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`);
  return Tables.parse([...rows])
    .map(({ name }) => name)
    .filter((name) => !leftOut.has(name));
};

/** What each table holds, as a digest: equal exactly when no row was added, changed or removed. */
export const digestRows = (database: Database): Promise<Record<string, string>> =>
  transact(database, { kind: "system" }, async (tx) => {
    const digests: Record<string, string> = {};
    for (const table of await tablesOf(tx)) {
      const rows = await tx.db.execute(sql`
        select coalesce(md5(string_agg(row_text, '|' order by row_text)), '') as digest
        from (select t::text as row_text from ${sql.identifier(table)} as t) as texts`);
      const [{ digest }] = Digested.parse([...rows]);
      digests[table] = digest;
    }
    return digests;
  });
