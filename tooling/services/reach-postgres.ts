import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { OperatorError } from "./operator-error.ts";

const OLDEST_MAJOR = 15;

const ANSWER_WITHIN_MS = 6_000;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : "";

/** What is wrong and what to do, by SQLSTATE or by the system's error code. */
const remedies: Readonly<Record<string, (url: URL) => string>> = {
  ECONNREFUSED: ({ host }) =>
    `nothing listens at ${host}; start that server or correct the address`,
  ENOTFOUND: ({ hostname }) => `there is no host ${hostname}; correct the name`,
  EAI_AGAIN: ({ hostname }) =>
    `the name ${hostname} cannot be resolved now; correct it or check the network`,
  NO_ANSWER: ({ host }) =>
    `what listens at ${host} does not answer as PostgreSQL does; correct the address`,
  CONNECT_TIMEOUT: ({ host }) => `${host} does not answer; check the address and the firewall`,
  "28P01": ({ username }) =>
    `the server refuses the password of ${username || "this user"}; correct it`,
  "28000": ({ username }) =>
    `the server refuses ${username || "this user"}; correct the user or let it in`,
  "3D000": ({ pathname }) =>
    `the server has no database ${pathname.slice(1)}; create it or correct the name`,
  "53300": () =>
    "the server has no connection left; raise its max_connections or stop other programs",
};

/** Rejects when nothing came in time: the driver asks a server that hangs up on everybody again without end. */
const refuseLate = async (): Promise<never> => {
  await sleep(ANSWER_WITHIN_MS, undefined, { ref: false });
  throw Object.assign(new Error("no answer came"), { code: "NO_ANSWER" });
};

/**
 * Checks that a PostgreSQL of the right age answers at `databaseUrl`. Throws OperatorError that names DATABASE_URL,
 * without the password.
 */
export const demandPostgres = async (databaseUrl: string): Promise<void> => {
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 5, onnotice: () => undefined });
  try {
    const [row] = await Promise.race([
      sql<{ version: number }[]>`
        select current_setting('server_version_num')::int / 10000 as version`,
      refuseLate(),
    ]);
    if (row !== undefined && row.version >= OLDEST_MAJOR) return;
    throw new OperatorError(
      `DATABASE_URL names a PostgreSQL ${row?.version ?? "of unknown age"}, and Latchkey needs ${OLDEST_MAJOR} or newer: use a newer server, or unset DATABASE_URL to use a private one.`,
    );
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const remedy = remedies[codeOf(error)]?.(new URL(databaseUrl));
    const reason =
      remedy ??
      `the server says "${error instanceof Error ? error.message : "nothing"}"; correct it`;
    throw new OperatorError(
      `DATABASE_URL cannot be used: ${reason}, or unset DATABASE_URL to use a private server.`,
      { cause: error },
    );
  } finally {
    await sql.end({ timeout: 1 });
  }
};

/** Makes the database on the server of `serverUrl` if it is missing, and returns its URL. */
export const ensureDatabase = async (serverUrl: string, name: string): Promise<string> => {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => undefined });
  try {
    const [existing] = await sql`select 1 from pg_database where datname = ${name}`;
    if (existing === undefined) await sql`create database ${sql(name)}`;
  } finally {
    await sql.end();
  }
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
};
