import { seatTiming } from "@latchkey/contracts";
import type { Features, Limits } from "@latchkey/contracts";
import type { Sql } from "@latchkey/db";
import { collectionWaitSeconds } from "./derive-license-rules.ts";
import type { LeasedSession } from "./lease-rules.ts";

/** As the statement below answers; instants in ms since the epoch, `seq` a bigint and so a text. */
interface RenewedRow {
  readonly sessionId: string;
  readonly licenseId: string;
  readonly organizationId: string;
  readonly machineId: string;
  readonly startedAtMs: number;
  readonly renewedAtMs: number;
  readonly expiresAtMs: number;
  readonly seq: string;
  readonly productId: string;
  readonly features: Features;
  readonly limits: Limits;
  readonly maxSeats: number;
  readonly fingerprint: string;
}

const toSession = ({
  startedAtMs,
  renewedAtMs,
  expiresAtMs,
  seq,
  ...rest
}: RenewedRow): LeasedSession => ({
  ...rest,
  startedAt: new Date(startedAtMs),
  renewedAt: new Date(renewedAtMs),
  expiresAt: new Date(expiresAtMs),
  seq: Number(seq),
});

/**
 * Renews all sessions of these that hold a seat of a usable license on a machine in good standing, in
 * one statement, and answers what their leases say. The others do not move, nor does one that somebody has
 * locked. This is the most frequent statement of all, so it is written for the driver, which prepares it: its
 * text is the same for any number of ids, and to plan it takes PostgreSQL longer than to renew fifty.
 */
export const renewTogether = async (sql: Sql, ids: readonly string[]): Promise<LeasedSession[]> => {
  // `held` locks by ids alone: left to itself, PostgreSQL may begin with the licenses, and read every session
  // that these have. It asks for the reason, which is null as long as `ended_at`, since the index of a license's seats
  // goes by that, and an empty one is as good as the key's. The clock is read once, and before a row is: a lease may only ever end too early. It never
  // ends earlier than what an earlier lease says, whatever became of PostgreSQL's clock. `coalesce` keeps the index
  // of active machines out of the plan: by an empty table PostgreSQL holds it for as good as the key's, and then
  // reads them all.
  const rows = await sql<RenewedRow[]>`
    with held as (
      select id, license_id, machine_id from sessions
      where id = any(${[...ids]}::uuid[]) and end_reason is null
      order by id for update skip locked
    ), movable as (
      select held.id, l.product_id, l.features, l.limits, l.max_seats, m.fingerprint
      from held
      join licenses l on l.id = held.license_id
      join machines m on m.id = held.machine_id
      where l.status in ('active', 'past_due')
        and (l.expires_at is null or (select latchkey_now()) < case
          when l.subscription_id is null then l.expires_at
          else l.expires_at + make_interval(secs => ${collectionWaitSeconds}) end)
        and coalesce(m.deactivated_at, m.banned_at) is null
    )
    update sessions set
      last_heartbeat_at = (select latchkey_now()),
      expires_at = greatest(expires_at, (select latchkey_now()) + make_interval(secs => ${seatTiming.leaseSeconds})),
      seq = seq + 1
    from movable where sessions.id = movable.id
    returning sessions.id as "sessionId", license_id as "licenseId", organization_id as "organizationId",
      machine_id as "machineId", seq,
      (extract(epoch from started_at) * 1000)::float8 as "startedAtMs",
      (extract(epoch from last_heartbeat_at) * 1000)::float8 as "renewedAtMs",
      (extract(epoch from expires_at) * 1000)::float8 as "expiresAtMs",
      product_id as "productId", features, limits, max_seats as "maxSeats", fingerprint`;
  return rows.map(toSession);
};
