/** A vendor with a million live seats, made by SQL: by the verbs it would take an hour. */
import { createPrivateKey } from "node:crypto";
import { createVault } from "@latchkey/core";
import { seatTiming } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import { createSigner, signLease } from "@latchkey/license-crypto/sign";
import { connectRedis, createSeatCache } from "@latchkey/redis";
import postgres from "postgres";
import { z } from "zod";
import { openVendor } from "../seed.ts";
import type { Servers } from "../servers.ts";

const { heartbeatSeconds, leaseSeconds, graceSeconds } = seatTiming;

/** Of each license; a session is the right of one machine to one of them. */
export const seatsPerLicense = 100;

const rowsAtOnce = 10_000;
const rebuildsAtOnce = 50;

const SigningKey = z.tuple([
  z.object({
    kid: z.string(),
    algorithm: z.enum(["EdDSA", "PS256"]),
    productId: z.string(),
    ciphertext: z.instanceof(Uint8Array),
  }),
]);
const Holding = z.object({
  sid: z.string(),
  sub: z.string(),
  mch: z.string(),
  fingerprint: z.string(),
  phase: z.number(),
  seq: z.int(),
  features: z.record(z.string(), z.union([z.boolean(), z.string(), z.number()])),
  limits: z.record(z.string(), z.number()),
});
const Seats = z.object({
  licenseId: z.string(),
  seats: z.array(z.object({ machineId: z.string(), ttlMs: z.number() })),
});

/** Rows of organizations, licenses, machines and sessions. */
const insertRows = async (
  sql: postgres.Sql,
  sessions: number,
  { signal, report }: { signal: AbortSignal; report: (line: string) => void },
): Promise<void> => {
  const licenses = Math.ceil(sessions / seatsPerLicense);
  report(`seeding ${licenses} licenses`);
  await sql.unsafe(`
    create table bench_licenses as
      select n, gen_random_uuid() as organization, uuidv7() as license
      from generate_series(0, ${licenses - 1}) as n;
    insert into organizations (id, name, slug)
      select organization, 'Bench Inc', organization::text from bench_licenses;
    insert into licenses (organization_id, id, product_id, plan_version_id, key_hash, key_ciphertext,
        key_prefix, key_last_four, status, max_seats, max_machines, features, limits)
      select organization, license, product_id, plan_version_id, decode(md5(license::text), 'hex'),
        key_ciphertext, key_prefix, key_last_four, status, max_seats, max_machines, features, limits
      from bench_licenses, (select * from licenses limit 1) as template;
    create unique index on bench_licenses (n)`);
  for (let from = 0; from < sessions; from += rowsAtOnce * 10) {
    signal.throwIfAborted();
    report(`seeding machines and sessions ${from}/${sessions}`);
    const to = Math.min(from + rowsAtOnce * 10, sessions) - 1;
    await sql.unsafe(`
      with made as (
        insert into machines (organization_id, id, license_id, fingerprint, name, activated_at, last_seen_at)
          select organization, uuidv7(), license, 'bench:' || gen_random_uuid(), 'bench', now(), now()
          from generate_series(${from}, ${to}) as m
          join bench_licenses on bench_licenses.n = m % ${licenses}
        returning organization_id, license_id, id
      )
      insert into sessions (organization_id, id, license_id, machine_id, started_at, last_heartbeat_at, expires_at)
        select organization_id, uuidv7(), license_id, id, now(), now(), now() from made`);
  }
};

/** A session that the fleet holds: its first lease, and how long after the start its first heartbeat is due. */
export interface Holder {
  readonly lease: string;
  readonly firstBeatMs: number;
}

/** Where a session's heartbeat falls in the interval, 0 to 1: by a hash of its id, evenly and at random. */
const phase = "((hashtext(sessions.id::text)::float8 + 2147483648) / 4294967296)";

/** Signs the first lease of each session, as an acquire would have, and tells `hold`. */
const signLeases = async (
  sql: postgres.Sql,
  { secret, apiUrl }: Servers,
  hold: (holder: Holder) => void,
): Promise<void> => {
  const [{ kid, algorithm, productId, ciphertext }] = SigningKey.parse([
    ...(await sql`
      select kid, algorithm, product_id as "productId", private_key_ciphertext as ciphertext
      from signing_keys where status = 'active'
        and product_id = (select product_id from licenses limit 1)`),
  ]);
  const privateKey = createPrivateKey(createVault(secret).open("signing-key", ciphertext));
  const signer = createSigner({ kid, algorithm, privateKey });
  const holders = sql`
    select sessions.id as sid, sessions.license_id as sub, machine_id as mch, fingerprint, features,
      limits, seq::int, ${sql.unsafe(phase)} as phase
    from sessions join machines on machines.id = machine_id
      join licenses on licenses.id = sessions.license_id`;
  const nowSeconds = Math.floor(Date.now() / 1000);
  for await (const rows of holders.cursor(rowsAtOnce)) {
    for (const row of z.array(Holding).parse(rows)) {
      const { fingerprint, phase: part, ...claims } = row;
      const iat = nowSeconds - Math.ceil(heartbeatSeconds * (1 - part));
      const exp = iat + leaseSeconds;
      const lease = signLease(signer, {
        ...claims,
        iss: apiUrl,
        aud: productId,
        fph: fingerprintHash(fingerprint, productId),
        iat,
        exp,
        graceUntil: exp + graceSeconds,
      });
      hold({ lease, firstBeatMs: part * heartbeatSeconds * 1000 });
    }
  }
};

/** Tells Redis of every session, license by license, by the script that the product rebuilds with. */
const fillRedis = async (sql: postgres.Sql, redisUrl: string): Promise<void> => {
  const redis = connectRedis({ url: redisUrl });
  await redis.ready();
  const seatCache = createSeatCache(redis);
  const licenses = sql`
    select license_id as "licenseId", json_agg(json_build_object('machineId', machine_id,
      'ttlMs', extract(epoch from expires_at - now()) * 1000)) as seats
    from sessions group by license_id`;
  try {
    for await (const rows of licenses.cursor(rebuildsAtOnce)) {
      await Promise.all(
        z
          .array(Seats)
          .parse(rows)
          .map(({ licenseId, seats }) => seatCache.rebuild(licenseId, seats)),
      );
    }
  } finally {
    await redis.close();
  }
};

/**
 * Makes that many live sessions, tells `hold` each one's first lease, and fills Redis. Answers when the first
 * heartbeats are due, evenly over one interval from then on: ms of this machine's clock, which is PostgreSQL's too.
 */
export const seedSessions = async (
  servers: Servers,
  sessions: number,
  {
    signal,
    report,
    hold,
  }: { signal: AbortSignal; report: (line: string) => void; hold: (holder: Holder) => void },
): Promise<number> => {
  const vendor = await openVendor(servers);
  await vendor.license({ seats: seatsPerLicense, machineCount: 0 });
  await vendor.close();
  const sql = postgres(servers.databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    await insertRows(sql, sessions, { signal, report });
    report("signing the first leases");
    await signLeases(sql, servers, hold);
    signal.throwIfAborted();
    report("giving each session its place in the interval");
    // For this statement, the vacuum and Redis. A lease outlives its heartbeat by a minute, should it take longer.
    const aheadSeconds = 5 + sessions / 25_000;
    const startsAtMs = Date.now() + aheadSeconds * 1000;
    const last = sql`(to_timestamp(${startsAtMs / 1000})
      - (1 - ${sql.unsafe(phase)}) * ${heartbeatSeconds} * interval '1 s')`;
    await sql`
      update sessions set last_heartbeat_at = ${last},
        expires_at = ${last} + ${leaseSeconds} * interval '1 s'`;
    // Else what the statement counted is told after the vacuum, and its dead rows seem to live on.
    await sql`select pg_stat_force_next_flush()`;
    await sql`vacuum (analyze) sessions, machines, licenses, organizations`;
    await sql`checkpoint`;
    signal.throwIfAborted();
    report("filling Redis");
    await fillRedis(sql, servers.redisUrl);
    return startsAtMs;
  } finally {
    await sql.end();
  }
};
