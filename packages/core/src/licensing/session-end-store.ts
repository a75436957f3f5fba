import type { SessionEndReason } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { sessions } from "@latchkey/db/schema";
import { and, asc, eq, gt, inArray, isNull, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { isOneOf } from "../is-one-of.ts";
import { holdsSeat, isRevivable } from "./session-store.ts";

/*
 * How sessions end. Several rows are always locked in id order, as everywhere; instants are read when a
 * statement runs, since a transaction may have waited for a lock.
 */

const now = sql`latchkey_now()`;

const endWhere = async (
  tx: Tx,
  condition: SQL | undefined,
  reason: SessionEndReason,
  options: { skipLocked?: true } = {},
) => {
  const query = tx.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.endedAt), condition))
    .orderBy(asc(sessions.id));
  const ending = tx.db
    .$with("ending")
    .as(query.for("update", options.skipLocked ? { skipLocked: true } : {}));
  return tx.db
    .with(ending)
    .update(sessions)
    .set({
      // An expired session ended when it expired, not when somebody noticed.
      endedAt: sql`least(${sessions.expiresAt}, ${now})`,
      endReason: sql`case when ${sessions.expiresAt} <= ${now} then 'expired' else ${reason} end::session_end_reason`,
    })
    .from(ending)
    .where(eq(sessions.id, ending.id))
    .returning({
      id: sessions.id,
      licenseId: sessions.licenseId,
      machineId: sessions.machineId,
      endReason: sessions.endReason,
    });
};

/** Ends a session for good, an expired one too. Answers whether it was not ended so before. */
export const releaseSession = async (tx: Tx, id: string): Promise<boolean> => {
  const released = await tx.db
    .update(sessions)
    .set({
      endedAt: sql`coalesce(${sessions.endedAt}, least(${sessions.expiresAt}, ${now}))`,
      endReason: "released",
    })
    .where(and(eq(sessions.id, id), isRevivable))
    .returning({ id: sessions.id });
  return released.length > 0;
};

/** By the statement's start, not row by row: the clock is a function, and to call it costs more than a row. */
const expired = lte(sessions.expiresAt, sql`(select ${now})`);

/**
 * Which of the next `limit` sessions that hold a seat have expired, in the order of ids after `after`, and the
 * last one of these: null at the end. An index on expiry would make every heartbeat write to it.
 */
export const findExpired = async (
  tx: Tx,
  { after, limit }: { after: string | null; limit: number },
): Promise<{ ids: string[]; last: string | null }> => {
  const looked = tx.db.$with("looked").as(
    tx.db
      .select({ id: sessions.id, expiresAt: sessions.expiresAt })
      .from(sessions)
      .where(and(holdsSeat, after === null ? undefined : gt(sessions.id, after)))
      .orderBy(asc(sessions.id))
      .limit(limit),
  );
  const lookedAt = sql.identifier("looked");
  const [row] = await tx.db
    .with(looked)
    .select({
      ids: sql<
        string[] | null
      >`array_agg(${looked.id}) filter (where ${looked.expiresAt} <= (select ${now}))`,
      last: sql<string | null>`(select id from ${lookedAt} order by id offset ${limit - 1})`,
    })
    .from(looked);
  return { ids: row?.ids ?? [], last: row?.last ?? null };
};

/** Ends those of the sessions that have expired, leaving out what somebody else is at just now. */
export const endExpiredOf = (tx: Tx, ids: readonly string[]) =>
  endWhere(tx, and(isOneOf(sessions.id, ids), expired), "expired", { skipLocked: true });

/** Ends whatever holds a seat of the license; answers what ended, with why. */
export const endAllOfLicense = (tx: Tx, licenseId: string, reason: SessionEndReason) =>
  endWhere(tx, eq(sessions.licenseId, licenseId), reason);

/** Ends the machine's session, if it holds a seat of the license. */
export const endOfMachine = (
  tx: Tx,
  { licenseId, machineId }: { licenseId: string; machineId: string },
  reason: SessionEndReason,
) =>
  endWhere(tx, and(eq(sessions.licenseId, licenseId), eq(sessions.machineId, machineId)), reason);

/** Ends those of the sessions that hold a seat; answers what ended, with why. */
export const endSessions = (tx: Tx, ids: readonly string[], reason: SessionEndReason) =>
  endWhere(tx, inArray(sessions.id, [...ids]), reason);
