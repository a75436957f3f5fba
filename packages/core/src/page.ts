import { DomainError } from "@latchkey/contracts";
import { z } from "zod";

/** Where a page ended: the sort instant and the id of its last row. */
export interface Position {
  readonly at: Date;
  readonly id: string;
}

const EncodedPosition = z.tuple([z.iso.datetime(), z.uuid()]);

const encode = ({ at, id }: Position): string =>
  Buffer.from(JSON.stringify([at.toISOString(), id])).toString("base64url");

const decode = (cursor: string): unknown => {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
};

/** Reads a cursor that an earlier page gave, or null at the start. Throws BAD_REQUEST naming `cursor`. */
export const readCursor = (cursor: string | undefined): Position | null => {
  if (cursor === undefined) return null;
  const { success, data } = EncodedPosition.safeParse(decode(cursor));
  if (success) return { at: new Date(data[0]), id: data[1] };
  throw new DomainError("BAD_REQUEST", {
    issues: [
      {
        path: ["cursor"],
        message: "must be the nextCursor of an earlier page; leave it out to start",
      },
    ],
  });
};

/** Makes a page of rows of which one more than `limit` was asked for. */
export const toPage = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => Position,
  toItem: (row: Row) => Item,
): { items: Item[]; nextCursor: string | null } => {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last !== undefined;
  return { items: shown.map(toItem), nextCursor: more ? encode(positionOf(last)) : null };
};
