import { sql } from "drizzle-orm";
import type { AnyColumn, SQL } from "drizzle-orm";

/**
 * Keeps the rows whose UUID is one of these. Unlike drizzle's `inArray` the statement's text is the same for
 * any number of ids, so that it is prepared once. Only for ids that are known to be UUIDs.
 */
export const isOneOf = (column: AnyColumn, ids: readonly string[]): SQL =>
  sql`${column} = any(${`{${ids.join(",")}}`}::uuid[])`;
