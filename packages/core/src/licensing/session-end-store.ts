import type { SessionEndReason } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { sessions } from "@latchkey/db/schema";
import { and, asc, eq, inArray, isNull, lte, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { isRevivable } from "./session-store.ts";

/*
 * How sessions end. Several rows are always locked in id order, as everywhere; instants are read when a
 * statement runs, since a transaction may have waited for a lock.
 */

const now = sql`latchkey_now()`;

const endWhere = async (
  tx: Tx,
  condition: SQL | undefined,
  reason: SessionEndReason,
  options: { limit?: number; skipLocked?: true } = {},
) => {
  const query = tx.db
    .select({ id: sessions.id })
    .from(sessions)
    .where(and(isNull(sessions.endedAt), condition))
    .orderBy(asc(sessions.id))
    .limit(options.limit ?? Number.MAX_SAFE_INTEGER);
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

const expired = lte(sessions.expiresAt, now);

/**
 * Ends the license's expired sessions, so that their seats count as free. A heartbeat that locked a row
 * first moved its expiry, and the row drops out; one that comes second finds the session ended.
 */
export const endExpiredOfLicense = (tx: Tx, licenseId: string) =>
  endWhere(tx, and(eq(sessions.licenseId, licenseId), expired), "expired");

/** Ends expired sessions of any license, leaving out what somebody else is at just now. */
export const endExpired = (tx: Tx, limit: number) =>
  endWhere(tx, expired, "expired", { limit, skipLocked: true });

export const endAllOfLicense = (tx: Tx, licenseId: string, reason: SessionEndReason) =>
  endWhere(tx, eq(sessions.licenseId, licenseId), reason);

export const endOfMachine = (
  tx: Tx,
  { licenseId, machineId }: { licenseId: string; machineId: string },
  reason: SessionEndReason,
) =>
  endWhere(tx, and(eq(sessions.licenseId, licenseId), eq(sessions.machineId, machineId)), reason);

export const endSessions = (tx: Tx, ids: readonly string[], reason: SessionEndReason) =>
  endWhere(tx, inArray(sessions.id, [...ids]), reason);
