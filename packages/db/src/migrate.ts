import { fileURLToPath } from "node:url";
import { drizzle } from "drizzle-orm/postgres-js";
import { migrate as runMigrations } from "drizzle-orm/postgres-js/migrator";
import postgres from "postgres";

const migrationsFolder = fileURLToPath(new URL("../migrations", import.meta.url));

/** Any constant: whoever holds it migrates, since drizzle's migrator takes no lock of its own. */
const advisoryLock = 4_700_001;

/**
 * Brings the database at `url` to the newest schema; safe to run from several nodes at once.
 * The role in `url` must own the schema and be allowed to create the role latchkey_app.
 */
export const migrate = async (url: string): Promise<void> => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connect_timeout: 5 });
  try {
    await sql`select pg_advisory_lock(${advisoryLock})`;
    await runMigrations(drizzle(sql), { migrationsFolder });
  } finally {
    await sql.end({ timeout: 5 });
  }
};
