import { randomBytes } from "node:crypto";
import postgres from "postgres";
import { inject } from "vitest";
import type { TestServers } from "./test-servers.ts";

export interface TestDatabase {
  /** What an application gets as DATABASE_URL: the owner's, from which it takes the role without privileges. */
  url: string;
  /** Drops the database, open connections included. */
  close(): Promise<void>;
}

const onServer = async <T>(url: string, work: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await work(sql);
  } finally {
    await sql.end();
  }
};

const urlOf = (serverUrl: string, database: string): string => {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
};

/**
 * Makes the run's migrated template if this is the first file that needs it; the others wait at the lock. It gets
 * its name last, so that a template that exists is a whole one.
 */
const ensureTemplate = async ({ databaseUrl, runName }: TestServers): Promise<string> => {
  const template = `${runName}_template`;
  await onServer(databaseUrl, async (sql) => {
    await sql`select pg_advisory_lock(hashtext(${template}))`;
    const [existing] = await sql`select 1 from pg_database where datname = ${template}`;
    if (existing !== undefined) return;
    const unfinished = `${template}_unfinished`;
    await sql`drop database if exists ${sql(unfinished)} with (force)`;
    await sql`create database ${sql(unfinished)}`;
    // Loaded here, so that a test which needs Redis alone loads no database code.
    const { migrate } = await import("@latchkey/db");
    await migrate(urlOf(databaseUrl, unfinished));
    await sql`alter database ${sql(unfinished)} rename to ${sql(template)}`;
  });
  return template;
};

/**
 * A database of the calling file's own, migrated and empty of rows but those of the migrations; a clone of the run's
 * template, which takes some 50 ms. Only within Vitest's `db` and `e2e` projects.
 */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const servers = inject("servers");
  const template = await ensureTemplate(servers);
  const name = `${servers.runName}_${randomBytes(6).toString("hex")}`;
  await onServer(
    servers.databaseUrl,
    (sql) => sql`create database ${sql(name)} template ${sql(template)}`,
  );
  const url = urlOf(servers.databaseUrl, name);
  return {
    url,
    close: async () => {
      await onServer(
        servers.databaseUrl,
        (sql) => sql`drop database if exists ${sql(name)} with (force)`,
      );
    },
  };
};
