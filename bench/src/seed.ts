/** The vendor behind the benchmark: issues licenses by the real verbs, and activates machines in bulk. */
import { createCore, createVault, systemCall } from "@latchkey/core";
import { connectDatabase, newId, transact } from "@latchkey/db";
import { machines, organizations } from "@latchkey/db/schema";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import type { Servers } from "./servers.ts";

export interface SeededLicense {
  readonly licenseKey: string;
  /** Of its activated machines. */
  readonly fingerprints: readonly string[];
}

export interface Vendor {
  /** Issues a license of `seats` with `machineCount` activated machines, for an organization of its own. */
  license(terms: { seats: number; machineCount: number }): Promise<SeededLicense>;
  close(): Promise<void>;
}

const rowsPerInsert = 1000;

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
  const core = createCore({
    database,
    seatCache: createSeatCache(redis),
    rateLimits: createRateLimits(redis),
    vault: createVault(secret),
    gateways: {},
    renderMail: sendsNoMail,
    mailTransport: { send: sendsNoMail },
    log: { info: nothing, warn: nothing, error: nothing },
    settings: { mode: "production", publicUrl: apiUrl, gateway: "stripe" },
  });
  const call = systemCall("bench");
  await core.catalog.seedCatalog(call);
  const offer = await core.catalog.getOffer(call, { slug: "starter", interval: "month" });

  return {
    license: async ({ seats, machineCount }) => {
      const organizationId = newId();
      await transact(database, { kind: "system" }, async ({ db }) => {
        await db
          .insert(organizations)
          .values({ id: organizationId, name: "Bench Inc", slug: organizationId });
      });
      const { licenseId, licenseKey } = await core.licensing.issueLicense(call, {
        organizationId,
        offer: { ...offer, maxSeats: seats, maxMachines: null },
        subscriptionId: null,
        trial: false,
        paidUntil: null,
      });
      const fingerprints = Array.from({ length: machineCount }, () => `bench:${newId()}`);
      await transact(database, { kind: "system" }, async ({ db, now }) => {
        for (let from = 0; from < machineCount; from += rowsPerInsert) {
          const rows = fingerprints.slice(from, from + rowsPerInsert).map((fingerprint) => ({
            id: newId(),
            organizationId,
            licenseId,
            fingerprint,
            name: "bench",
            activatedAt: now,
            lastSeenAt: now,
          }));
          await db.insert(machines).values(rows);
        }
      });
      return { licenseKey, fingerprints };
    },
    close: async () => {
      await redis.close();
      await database.close();
    },
  };
};
