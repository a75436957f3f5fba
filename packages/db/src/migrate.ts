import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";
import { advisoryLocks } from "./advisory-locks.ts";
import { createSocketFactory } from "./watched-socket.ts";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/**
 * Brings the database at `url` to the newest schema; safe to run from several nodes at once.
 * The role in `url` must own the schema and be allowed to create the role latchkey_app.
 * Where nobody answers, or who answers hangs up, it rejects with an error that `isUnavailable` knows.
 */
export const migrate = async (url: string): Promise<void> => {
  const options = {
    max: 1,
    onnotice: () => undefined,
    // The socket does what the driver would do for TLS.
    ssl: false,
    connect_timeout: 5,
    // A migration is silent for as long as it takes, and so is the wait for another node's.
    socket: createSocketFactory(postgres(url).options, null),
  };
  const sql = postgres(url, options);
  try {
    await sql`select pg_advisory_lock(${advisoryLocks.migrate})`;
    await runMigrations(drizzle(sql), { migrationsFolder });
  } finally {
    await sql.end({ timeout: 5 });
  }
};
