/** The vendor behind the benchmark: issues licenses by the real verbs, activates machines and fills seats in bulk. */
import { createCore, createVault, systemCall } from "@latchkey/core";
import { connectDatabase, newId } from "@latchkey/db";
import { seatTiming } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";
import type { Signer } from "@latchkey/license-crypto/sign";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import postgres from "postgres";
import type { Servers } from "./servers.ts";

export interface SeededLicense {
  readonly licenseId: string;
  readonly licenseKey: string;
  readonly organizationId: string;
  readonly productId: string;
  /** Of its activated machines. */
  readonly fingerprints: readonly string[];
  /** In the same order. */
  readonly machineIds: readonly string[];
}

export interface Vendor {
  /**
   * Issues a license of `seats` with `machineCount` activated machines, for an organization of its own. `machineIdOf`
   * names the machines by their index; else they are named afresh.
   */
  license(terms: {
    seats: number;
    machineCount: number;
    machineIdOf?: (index: number) => string;
  }): Promise<SeededLicense>;
  /** The same for so many machines, spread evenly over `count` licenses with a seat for each of them. */
  licenses(count: number, machines: number): Promise<SeededLicense[]>;
  /**
   * Gives the first `count` machines of a license their seats, as PostgreSQL and Redis hold them after an acquire, for
   * `seconds` from now, and answers what their leases say, unsigned.
   */
  hold(license: SeededLicense, count?: number, seconds?: number): Promise<LeaseClaims[]>;
  /**
   * Ids of so many licenses of one organization, all of whose seats are held for `seconds`: by PostgreSQL alone, and
   * copied there, since to issue a thousand takes longer than what is measured on them.
   */
  crowd(terms: { licenses: number; seatsEach: number; seconds: number }): Promise<string[]>;
  /** The API's own key of the product. */
  signerOf(productId: string): Promise<Signer>;
  close(): Promise<void>;
}

const { leaseSeconds, graceSeconds } = seatTiming;

const sendsNoMail = () => Promise.reject(new Error("The benchmark sends no mail."));
const nothing = () => undefined;

/** Connects beside the API, with its secret, and fills the catalog. */
export const openVendor = async ({
  databaseUrl,
  redisUrl,
  secret,
  apiUrl,
}: Servers): Promise<Vendor> => {
  const database = connectDatabase({ url: databaseUrl, poolSize: 2, applicationName: "bench" });
  const redis = connectRedis({ url: redisUrl });
  const seatCache = createSeatCache(redis);
  const core = createCore({
    database,
    seatCache,
    rateLimits: createRateLimits(redis),
    vault: createVault(secret),
    gateways: {},
    renderMail: sendsNoMail,
    mailTransport: { send: sendsNoMail },
    log: { info: nothing, warn: nothing, error: nothing },
    settings: { mode: "production", publicUrl: apiUrl, gateway: "stripe" },
  });
  const sql = postgres(databaseUrl, { max: 1, onnotice: nothing });
  const call = systemCall("bench");
  await core.catalog.seedCatalog(call);
  const offer = await core.catalog.getOffer(call, { slug: "starter", interval: "month" });
  const { features, limits } = offer;

  const license: Vendor["license"] = async ({
    seats,
    machineCount,
    machineIdOf = () => newId(),
  }) => {
    const organizationId = newId();
    await sql`
      insert into organizations (id, name, slug)
      values (${organizationId}, 'Bench Inc', ${organizationId})`;
    const { licenseId, licenseKey } = await core.licensing.issueLicense(call, {
      organizationId,
      offer: { ...offer, maxSeats: seats, maxMachines: null },
      subscriptionId: null,
      trial: false,
      paidUntil: null,
    });
    const machineIds = Array.from({ length: machineCount }, (_, index) => machineIdOf(index));
    const fingerprints = machineIds.map((id) => `bench:${id}`);
    await sql`
      insert into machines (organization_id, id, license_id, fingerprint, name, activated_at, last_seen_at)
      select ${organizationId}, id, ${licenseId}, 'bench:' || id, 'bench', now(), now()
      from unnest(${machineIds}::uuid[]) as id`;
    const productId = offer.product.id;
    return { licenseId, licenseKey, organizationId, productId, fingerprints, machineIds };
  };

  return {
    license,
    licenses: async (count, machines) => {
      const made: SeededLicense[] = [];
      for (let index = 0; index < count; index += 1) {
        const machineCount = Math.floor((machines + index) / count);
        made.push(await license({ seats: Math.max(1, machineCount), machineCount }));
      }
      return made;
    },
    hold: async (
      { licenseId, organizationId, productId, machineIds, fingerprints },
      count = machineIds.length,
      seconds = leaseSeconds,
    ) => {
      const holding = machineIds.slice(0, count);
      const ids = holding.map(() => newId());
      await sql`
        insert into sessions
          (organization_id, id, license_id, machine_id, started_at, last_heartbeat_at, expires_at)
        select ${organizationId}, id, ${licenseId}, machine, now(), now(), now() + make_interval(secs => ${seconds})
        from unnest(${ids}::uuid[], ${holding}::uuid[]) as held (id, machine)`;
      await seatCache.rebuild(
        licenseId,
        holding.map((machineId) => ({ machineId, ttlMs: seconds * 1000 })),
      );
      const iat = Math.floor(Date.now() / 1000);
      const exp = iat + leaseSeconds;
      return holding.map((mch, index) => ({
        iss: apiUrl,
        aud: productId,
        sub: licenseId,
        sid: ids[index] ?? "",
        mch,
        fph: fingerprintHash(fingerprints[index] ?? "", productId),
        iat,
        exp,
        graceUntil: exp + graceSeconds,
        seq: 1,
        features,
        limits,
      }));
    },
    crowd: async ({ licenses, seatsEach, seconds }) => {
      const { licenseId } = await license({ seats: seatsEach, machineCount: 0 });
      const ids = Array.from({ length: licenses }, () => newId());
      await sql`
        insert into licenses
        select (jsonb_populate_record(one, jsonb_build_object(
          'id', fresh.id, 'key_hash', '\\x' || encode(sha256(fresh.id::text::bytea), 'hex')))).*
        from licenses one, unnest(${ids}::uuid[]) as fresh (id) where one.id = ${licenseId}`;
      await sql`
        insert into machines (organization_id, license_id, fingerprint, name, activated_at, last_seen_at, id)
        select organization_id, id, 'bench:' || number, 'bench', now(), now(), gen_random_uuid()
        from licenses, generate_series(1, ${seatsEach}::int) as number
        where id = any(${ids}::uuid[])`;
      await sql`
        insert into sessions
          (organization_id, license_id, machine_id, started_at, last_heartbeat_at, expires_at, id)
        select organization_id, license_id, id, now(), now(), now() + make_interval(secs => ${seconds}), gen_random_uuid()
        from machines where license_id = any(${ids}::uuid[])`;
      await sql`analyze licenses, machines, sessions`;
      return ids;
    },
    signerOf: (productId) => core.catalog.getSigner(productId),
    close: async () => {
      await sql.end();
      await redis.close();
      await database.close();
    },
  };
};
