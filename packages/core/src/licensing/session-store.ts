import type { Tx } from "@latchkey/db";
import { machines, sessions } from "@latchkey/db/schema";
import { and, asc, desc, eq, gt, isNull, lte, or, sql } from "drizzle-orm";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

/*
 * A session row whose `ended_at` is null holds its seat, expired or not, and every count goes by that
 * alone; who wants an expired one's seat ends it first. Several rows are always locked in id order.
 * Instants are read when a statement runs, since a transaction may have waited for a lock.
 */

export type SessionRow = typeof sessions.$inferSelect;

/** By the statement's start, not row by row: the clock is a function, and to call it costs more than a row. */
const nowForAll = sql`(select latchkey_now())`;

/** Ended by nobody: such a session may come back. */
export const isRevivable = or(isNull(sessions.endedAt), eq(sessions.endReason, "expired"));

/** Moves a session's `seq` past one that was signed already, and answers it. */
export const passSeq = async (tx: Tx, id: string, signedSeq: number): Promise<number> => {
  const [row] = await tx.db
    .update(sessions)
    .set({ seq: sql`greatest(${sessions.seq}, ${signedSeq}::bigint) + 1` })
    .where(eq(sessions.id, id))
    .returning({ seq: sessions.seq });
  if (!row) throw new Error(`Session ${id} vanished.`);
  return row.seq;
};

/** As the index of all that hold a seat has it: null as long as `ended_at`. */
export const holdsSeat = isNull(sessions.endReason);

/** Seats that are held, of all licenses together; reads them all. */
export const countAllHeld = ({ db }: Tx): Promise<number> => db.$count(sessions, holdsSeat);

/** Seats of one license that are held. */
export const countHeldByLicense = ({ db }: Tx, licenseId: string): Promise<number> =>
  db.$count(sessions, and(eq(sessions.licenseId, licenseId), isNull(sessions.endedAt)));

/** When the next session runs out after now, or null. Reads every live session: for the sandbox alone. */
export const findNextExpiry = async (tx: Tx): Promise<Date | null> => {
  const [row] = await tx.db
    .select({ expiresAt: sessions.expiresAt })
    .from(sessions)
    .where(and(holdsSeat, gt(sessions.expiresAt, tx.now)))
    .orderBy(asc(sessions.expiresAt))
    .limit(1);
  return row?.expiresAt ?? null;
};

/**
 * The sessions to end when a license has `excess` seats too few: those that ran out, since nobody works
 * by them, then the youngest.
 */
export const listFirstToEnd = async (tx: Tx, licenseId: string, excess: number) => {
  const rows = await tx.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(eq(sessions.licenseId, licenseId), isNull(sessions.endedAt)))
    .orderBy(desc(lte(sessions.expiresAt, nowForAll)), desc(sessions.startedAt), desc(sessions.id))
    .limit(excess);
  return rows.map(({ id }) => id);
};

export const findSession = async (tx: Tx, id: string): Promise<SessionRow | null> => {
  const [row] = await tx.db.select().from(sessions).where(eq(sessions.id, id));
  return row ?? null;
};

/** Sessions with their machines, newest first, after a position; live ones alone where told. */
export const listSessions = async (
  tx: Tx,
  {
    licenseId,
    live,
    after,
    limit,
  }: { licenseId: string; live: boolean; after: Position | null; limit: number },
) =>
  tx.db
    .select({ session: sessions, machineName: machines.name })
    .from(sessions)
    .innerJoin(machines, eq(machines.id, sessions.machineId))
    .where(
      and(
        eq(sessions.licenseId, licenseId),
        live ? and(isNull(sessions.endedAt), gt(sessions.expiresAt, nowForAll)) : undefined,
        olderThan(sessions.startedAt, sessions.id, after),
      ),
    )
    .orderBy(desc(sessions.startedAt), desc(sessions.id))
    .limit(limit);
