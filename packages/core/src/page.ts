import { DomainError, Instant } from "@latchkey/contracts";
import { z } from "zod";

/** Where a page ended: the sort instant and the id of its last row. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

const EncodedPosition = z.tuple([Instant, z.uuid()]);

const encode = (position: unknown): string =>
  Buffer.from(JSON.stringify(position)).toString("base64url");

const decode = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/**
 * Reads a cursor whose position has the shape of `schema`, or null at the start. Throws BAD_REQUEST
 * naming `cursor`.
 */
export const readCursorOf = <Encoded>(
  schema: z.ZodType<Encoded>,
  cursor: string | undefined,
): Encoded | null => {
  if (cursor === undefined) return null;
  const { success, data } = schema.safeParse(decode(cursor));
  if (success) return data;
  throw new DomainError("BAD_REQUEST", {
    issues: [
      {
        path: ["cursor"],
        message: "must be the nextCursor of an earlier page; leave it out to start",
      },
    ],
  });
};

/** Reads a cursor that an earlier page gave, or null at the start. Throws BAD_REQUEST naming `cursor`. */
export const readCursor = (cursor: string | undefined): Position | null => {
  const position = readCursorOf(EncodedPosition, cursor);
  return position && { at: new Date(position[0]), id: position[1] };
};

/** Makes a page of rows of which one more than `limit` was asked for; `positionOf` is what its cursor says. */
export const toPageBy = <Row>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => unknown,
): { items: Row[]; nextCursor: string | null } => {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items, nextCursor: more ? encode(positionOf(last)) : null };
};

/** Makes a page of rows of which one more than `limit` was asked for. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => Position,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } => {
  const { items, nextCursor } = toPageBy(rows, limit, (row) => {
    const { at, id } = positionOf(row);
    return [at.toISOString(), id];
  });
  return { items: items.map(toItem), nextCursor };
};
