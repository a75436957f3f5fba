import { seatTiming } from "@latchkey/contracts";
import type { KeyedTx, Tx } from "@latchkey/db";
import { licenses, machines, sessions } from "@latchkey/db/schema";
import type { CountedSeat } from "@latchkey/redis";
import { and, asc, eq, isNotNull, isNull, lte, or, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { isOneOf } from "../is-one-of.ts";
import type { LicenseRow } from "./license-store.ts";
import type { SessionRow } from "./session-store.ts";

/*
 * What is asked of PostgreSQL to judge claims on the seats of many licenses together. Statements read their
 * instant once, and their text is the same for any number of ids, so that it is prepared once, and its plan kept.
 */

const instant = sql`(select latchkey_now())`;

/**
 * Locks licenses in the order of their ids: whoever changes one, or grants one of its seats, waits for
 * the transaction. Those that somebody else has locked are left out where `skipLocked` says so.
 */
export const lockLicenses = (
  tx: KeyedTx,
  ids: readonly string[],
  { skipLocked }: { readonly skipLocked: boolean },
): Promise<LicenseRow[]> =>
  tx.db
    .select()
    .from(licenses)
    .where(isOneOf(licenses.id, ids))
    .orderBy(asc(licenses.id))
    .for("update", skipLocked ? { skipLocked } : {})
    .prepare(skipLocked ? "lock_free_licenses" : "lock_licenses")
    .execute();

/** A machine of a license, by the fingerprint that it presents, with the session by which it holds a seat. */
export const listPresented = (
  tx: KeyedTx,
  presented: readonly { readonly licenseId: string; readonly fingerprint: string }[],
) => {
  const wanted = JSON.stringify(
    presented.map(({ licenseId, fingerprint }) => ({ license_id: licenseId, fingerprint })),
  );
  return tx.db
    .select({
      id: machines.id,
      licenseId: machines.licenseId,
      fingerprint: machines.fingerprint,
      bannedAt: machines.bannedAt,
      sessionId: sessions.id,
    })
    .from(sql`json_to_recordset(${wanted}::json) as wanted(license_id uuid, fingerprint text)`)
    .innerJoin(
      machines,
      and(
        eq(machines.licenseId, sql`wanted.license_id`),
        eq(machines.fingerprint, sql`wanted.fingerprint`),
        // A ban outlives a deactivation.
        or(isNull(machines.deactivatedAt), isNotNull(machines.bannedAt)),
      ),
    )
    .leftJoin(
      sessions,
      and(
        eq(sessions.licenseId, machines.licenseId),
        eq(sessions.machineId, machines.id),
        isNull(sessions.endedAt),
      ),
    )
    .prepare("list_presented")
    .execute();
};

/** Sessions with their machines, and the session by which each machine holds a seat, this one or another. */
export const listClaimed = (tx: KeyedTx, sessionIds: readonly string[]) => {
  const holding = sql`(select holding.id from sessions holding
    where holding.license_id = ${sessions.licenseId} and holding.machine_id = ${sessions.machineId}
      and holding.ended_at is null)`;
  return tx.db
    .select({
      id: sessions.id,
      licenseId: sessions.licenseId,
      machineId: sessions.machineId,
      fingerprint: machines.fingerprint,
      deactivatedAt: machines.deactivatedAt,
      bannedAt: machines.bannedAt,
      holdingId: sql<string | null>`${holding}`,
    })
    .from(sessions)
    .innerJoin(machines, eq(machines.id, sessions.machineId))
    .where(isOneOf(sessions.id, sessionIds))
    .prepare("list_claimed")
    .execute();
};

const countBy = (rows: readonly { readonly licenseId: string; readonly used: number }[]) =>
  new Map(rows.map(({ licenseId, used }) => [licenseId, used]));

/** Seats that are held, those of expired sessions included; a license without one is missing. */
export const countHeld = async (tx: KeyedTx, licenseIds: readonly string[]) =>
  countBy(
    await tx.db
      .select({ licenseId: sessions.licenseId, used: sql<number>`count(*)::int` })
      .from(sessions)
      .where(and(isOneOf(sessions.licenseId, licenseIds), isNull(sessions.endedAt)))
      .groupBy(sessions.licenseId)
      .prepare("count_held")
      .execute(),
  );

const unexpired = (licenseIds: readonly string[]) =>
  and(
    isOneOf(sessions.licenseId, licenseIds),
    isNull(sessions.endedAt),
    sql`${sessions.expiresAt} > ${instant}`,
  );

/** Seats of sessions that have not expired: what people are told. */
export const countUnexpired = async (tx: KeyedTx, licenseIds: readonly string[]) =>
  countBy(
    await tx.db
      .select({ licenseId: sessions.licenseId, used: sql<number>`count(*)::int` })
      .from(sessions)
      .where(unexpired(licenseIds))
      .groupBy(sessions.licenseId)
      .prepare("count_unexpired")
      .execute(),
  );

/** Sessions that hold a seat and have expired. */
export const listExpired = (tx: KeyedTx, licenseIds: readonly string[]) =>
  tx.db
    .select({ id: sessions.id, licenseId: sessions.licenseId })
    .from(sessions)
    .where(
      and(
        isOneOf(sessions.licenseId, licenseIds),
        isNull(sessions.endedAt),
        lte(sessions.expiresAt, instant),
      ),
    )
    .prepare("list_expired")
    .execute();

/**
 * Locks sessions in the order of their ids, as everywhere, and says how they stand once they are locked. Those
 * that somebody else has locked are left out where `skipLocked` says so.
 */
export const lockSessions = (
  tx: KeyedTx,
  ids: readonly string[],
  { skipLocked }: { readonly skipLocked: boolean },
) =>
  tx.db
    .select({
      id: sessions.id,
      licenseId: sessions.licenseId,
      machineId: sessions.machineId,
      endReason: sessions.endReason,
      expired: sql<boolean>`${sessions.expiresAt} <= ${instant}`,
    })
    .from(sessions)
    .where(isOneOf(sessions.id, ids))
    .orderBy(asc(sessions.id))
    .for("update", skipLocked ? { skipLocked } : {})
    .prepare(skipLocked ? "lock_free_sessions" : "lock_sessions")
    .execute();

const leaseEnd = sql`${instant} + make_interval(secs => ${seatTiming.leaseSeconds})`;

/**
 * `seq` of a session's next lease. Of one whose lease ran out it grows by the seconds since its last heartbeat, which
 * are more than leases could have been signed in: by a database that was restored to an earlier hour, the app that
 * acquires has one that is not stored, and would take no older one. A heartbeat shows its lease, and passes that.
 */
const nextSeq = sql`${sessions.seq} + case when ${sessions.expiresAt} <= ${instant}
  then greatest(1, floor(extract(epoch from ${instant} - ${sessions.lastHeartbeatAt})))::bigint else 1 end`;

/**
 * Renews sessions that are locked, and gives their seats again to those that had expired. None ends earlier
 * than what an earlier lease says, whatever became of PostgreSQL's clock, and `seq` outgrows every lease.
 */
export const renewLocked = (tx: KeyedTx, ids: readonly string[]): Promise<SessionRow[]> =>
  tx.db
    .update(sessions)
    .set({
      lastHeartbeatAt: instant,
      expiresAt: sql`greatest(${sessions.expiresAt}, ${leaseEnd})`,
      seq: nextSeq,
      endedAt: null,
      endReason: null,
    })
    .where(isOneOf(sessions.id, ids))
    .returning()
    .prepare("renew_locked")
    .execute();

type NewSession = Pick<
  typeof sessions.$inferInsert,
  "organizationId" | "licenseId" | "machineId" | "address" | "userAgent" | "appVersion"
>;

/** Opens a session for each machine; none of them holds a seat yet. */
export const openSessions = (tx: Tx, opened: readonly NewSession[]): Promise<SessionRow[]> =>
  tx.db
    .insert(sessions)
    .values(
      opened.map((values) => ({
        ...values,
        startedAt: instant,
        lastHeartbeatAt: instant,
        expiresAt: leaseEnd,
      })),
    )
    .returning();

/**
 * Unexpired sessions by license, with the ms that they have left, for Redis. A license comes as one row: to read
 * a row for each of 100,000 sessions costs several times what these are worth.
 */
export const listSeats = async (
  tx: KeyedTx,
  licenseIds: readonly string[],
): Promise<Map<string, CountedSeat[]>> => {
  const inOne = (value: SQL) => sql<string>`string_agg(${value}, ' ' order by ${sessions.id})`;
  const rows = await tx.db
    .select({
      licenseId: sessions.licenseId,
      machineIds: inOne(sql`${sessions.machineId}::text`),
      ttlsMs: inOne(
        sql`ceil(extract(epoch from ${sessions.expiresAt} - ${instant}) * 1000)::bigint::text`,
      ),
    })
    .from(sessions)
    .where(unexpired(licenseIds))
    .groupBy(sessions.licenseId)
    .prepare("list_seats")
    .execute();
  return new Map(
    rows.map(({ licenseId, machineIds, ttlsMs }) => {
      const ttls = ttlsMs.split(" ");
      const seats = machineIds
        .split(" ")
        .map((machineId, index) => ({ machineId, ttlMs: Number(ttls[index]) }));
      return [licenseId, seats];
    }),
  );
};
