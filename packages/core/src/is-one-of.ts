import { sql } from "drizzle-orm";
import type { AnyColumn, SQL } from "drizzle-orm";
import { makePgArray } from "drizzle-orm/pg-core";

/**
 * Keeps the rows whose UUID is one of these. Unlike drizzle's `inArray` the statement's text is the same for
 * any number of ids, so that it is prepared once. Only for ids that are known to be UUIDs.
 */
export const isOneOf = (column: AnyColumn, ids: readonly string[]): SQL =>
  sql`${column} = any(${`{${ids.join(",")}}`}::uuid[])`;

/** The same for a column of bytes. */
export const isOneOfBytes = (column: AnyColumn, values: readonly Buffer[]): SQL =>
  sql`${column} = any(${makePgArray(values.map((value) => `\\x${value.toString("hex")}`))}::bytea[])`;
