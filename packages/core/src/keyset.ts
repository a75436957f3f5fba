import { sql } from "drizzle-orm";
import type { AnyColumn, SQL } from "drizzle-orm";
import type { Position } from "./page.ts";

/*
 * Keyset pagination: a page begins behind the row where the last one ended, wherever that is by now.
 * PostgreSQL compares instant and id as one pair, as the index on both is sorted.
 */

const pair = ({ at, id }: Position): SQL => sql`(${at.toISOString()}::timestamptz, ${id}::uuid)`;

/** Keeps the rows behind `after` in a list of the newest first; all of them without one. */
export const olderThan = (at: AnyColumn, id: AnyColumn, after: Position | null): SQL | undefined =>
  after === null ? undefined : sql`(${at}, ${id}) < ${pair(after)}`;

/** Keeps the rows behind `after` in a list of the oldest first; all of them without one. */
export const newerThan = (at: AnyColumn, id: AnyColumn, after: Position | null): SQL | undefined =>
  after === null ? undefined : sql`(${at}, ${id}) > ${pair(after)}`;
