import { migrate } from "@latchkey/db";
import { readMigrationEnvironment } from "./env.ts";
import { runCommand } from "./run-command.ts";

/** Brings the database up to date; safe to run again and from several nodes at once. */
await runCommand(async () => {
  const { DATABASE_URL } = readMigrationEnvironment();
  await migrate(DATABASE_URL);
  return "The database is up to date.";
});
