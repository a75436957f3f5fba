import { createSandboxGateway } from "@latchkey/adapters/gateways";
import { renderMail } from "@latchkey/adapters/mail";
import { findSodiumEd25519 } from "@latchkey/adapters/signing";
import type { Features, Limits, MemberRole } from "@latchkey/contracts";
import { createCore, createVault, systemCall } from "@latchkey/core";
import type { Actor, Call, Core, CoreDeps } from "@latchkey/core";
import type { OutgoingMail } from "@latchkey/core/ports";
import { connectDatabase, newId, transact } from "@latchkey/db";
import type { Database } from "@latchkey/db";
import {
  memberships,
  organizations,
  planPrices,
  planVersions,
  plans,
  sandboxClock,
  users,
} from "@latchkey/db/schema";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import type { RedisConnection } from "@latchkey/redis";
import { sql } from "drizzle-orm";
import { createTestDatabase } from "./test-database.ts";
import { createTestRedis } from "./test-redis.ts";

/** The whole business on a database and a Redis of its own, as api and worker wire it. */
export interface TestCore {
  readonly core: Core;
  readonly deps: CoreDeps;
  readonly database: Database;
  readonly redis: RedisConnection;
  /** What the mail transport was given, oldest first. */
  readonly sentMails: OutgoingMail[];
  /** For a second pool, a worker, or a look behind row-level security. */
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** Moves the sandbox's clock forward; nothing that falls due is done. */
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

const publicUrl = "http://localhost:4700";

/** The secret that every test core keeps its secrets under. */
export const testSecret = "a secret of at least thirty-two characters";

/**
 * Builds the core in sandbox mode with the seeded catalog, on servers that the caller keeps.
 * `changes` replaces single deps, such as a transport that fails.
 */
export const createCoreOn = async (
  { databaseUrl, redisUrl, cluster }: { databaseUrl: string; redisUrl: string; cluster?: boolean },
  changes: Partial<CoreDeps> = {},
): Promise<TestCore> => {
  const database = connectDatabase({ url: databaseUrl, applicationName: "test core" });
  const redis = connectRedis({ url: redisUrl, ...(cluster !== undefined && { cluster }) });
  await redis.ready();
  const sentMails: OutgoingMail[] = [];
  const ed25519 = findSodiumEd25519(() => undefined);
  const deps: CoreDeps = {
    database,
    seatCache: createSeatCache(redis),
    rateLimits: createRateLimits(redis),
    vault: createVault(testSecret),
    ...(ed25519 && { ed25519 }),
    gateways: { sandbox: createSandboxGateway({ publicUrl }) },
    renderMail,
    mailTransport: {
      send: async (mail) => {
        sentMails.push(mail);
      },
    },
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    settings: { mode: "sandbox", publicUrl, gateway: "sandbox" },
    ...changes,
  };
  const core = createCore(deps);
  await core.catalog.seedCatalog(systemCall("seed"));
  return {
    core,
    deps,
    database,
    redis,
    sentMails,
    databaseUrl,
    redisUrl,
    advance: async (seconds) => {
      const ahead = sql`make_interval(secs => ${seconds})`;
      await database.drizzle
        .insert(sandboxClock)
        .values({ ahead })
        .onConflictDoUpdate({
          target: sandboxClock.onlyRow,
          set: { ahead: sql`${sandboxClock.ahead} + excluded.ahead` },
        });
      await deps.seatCache.forgetAll();
    },
    close: async () => {
      await Promise.all([database.close(), redis.close()]);
    },
  };
};

/** The core on a database and a Redis of its own. Only within Vitest's `db` and `e2e` projects. */
export const createTestCore = async (changes: Partial<CoreDeps> = {}): Promise<TestCore> => {
  const [clone, redisDatabase] = await Promise.all([createTestDatabase(), createTestRedis()]);
  const made = await createCoreOn({ databaseUrl: clone.url, redisUrl: redisDatabase.url }, changes);
  return {
    ...made,
    close: async () => {
      await made.close();
      await Promise.all([clone.close(), redisDatabase.close()]);
    },
  };
};

/** A call from outside by `actor`, as the API makes one. */
export const callBy = (actor: Actor): Call => ({
  actor,
  requestId: newId(),
  address: "203.0.113.7",
  userAgent: "test",
});

/** Somebody who signed up, with a verified address, in an organization of their own. */
export interface Customer {
  readonly userId: string;
  readonly email: string;
  readonly organizationId: string;
  /** By this person as a member of that organization. */
  readonly call: Call;
}

/**
 * Makes a customer with an address of its own; an owner unless told. The rows are written directly, so
 * that no event, mail or audit entry of the making stands in a test's way.
 */
export const aCustomer = async (
  { database }: Pick<TestCore, "database">,
  { role = "owner" }: { role?: MemberRole } = {},
): Promise<Customer> => {
  const [userId, organizationId] = [newId(), newId()];
  const email = `${userId}@customer.test`;
  await transact(database, { kind: "system" }, async ({ db, now }) => {
    await db.insert(users).values({ id: userId, name: "Kim Customer", email, emailVerified: true });
    await db
      .insert(organizations)
      .values({ id: organizationId, name: "Customer Inc", slug: organizationId });
    await db.insert(memberships).values({ organizationId, userId, role, joinedAt: now });
  });
  const call = callBy({ kind: "member", userId, email, emailVerified: true, organizationId, role });
  return { userId, email, organizationId, call };
};

/** Puts a plan of the seeded product on offer, 29.00 USD a month, and answers it as an offer. */
export const anOffer = async (
  { core, database }: Pick<TestCore, "core" | "database">,
  terms: {
    maxSeats?: number;
    maxMachines?: number | null;
    trialDays?: number;
    features?: Features;
    limits?: Limits;
  } = {},
) => {
  const [planId, planVersionId] = [newId(), newId()];
  const slug = `plan-${planId}`;
  const product = await core.catalog.getProduct(systemCall("test"), "latch");
  await database.drizzle
    .insert(plans)
    .values({ id: planId, productId: product.id, slug, name: "Test plan" });
  await database.drizzle
    .insert(planVersions)
    .values({ maxSeats: 3, trialDays: 14, ...terms, id: planVersionId, planId, version: 1 });
  await database.drizzle
    .insert(planPrices)
    .values({ planVersionId, interval: "month", amountMinor: 2_900, currency: "USD" });
  return core.catalog.getOffer(systemCall("test"), { slug, interval: "month" });
};

/** A license with its key and the owner of its organization. */
export interface IssuedLicense {
  readonly licenseId: string;
  readonly licenseKey: string;
  readonly owner: Customer;
}

/** Issues a license that nobody pays for, through the real verb; it never ends unless told. */
export const aLicense = async (
  made: Pick<TestCore, "core" | "database">,
  {
    owner,
    paidUntil = null,
    ...terms
  }: Parameters<typeof anOffer>[1] & { owner?: Customer; paidUntil?: Date | null } = {},
): Promise<IssuedLicense> => {
  const of = owner ?? (await aCustomer(made));
  const issued = await made.core.licensing.issueLicense(systemCall("test"), {
    organizationId: of.organizationId,
    offer: await anOffer(made, terms),
    subscriptionId: null,
    trial: false,
    paidUntil,
  });
  return { ...issued, owner: of };
};

/** Activates `count` machines and answers their fingerprints. */
export const activatedMachines = async (
  { core }: Pick<TestCore, "core">,
  { licenseKey }: Pick<IssuedLicense, "licenseKey">,
  count: number,
): Promise<string[]> => {
  const fingerprints = Array.from({ length: count }, () => `fp:${newId()}`);
  const anyone = callBy({ kind: "anonymous" });
  await Promise.all(
    fingerprints.map((fingerprint) =>
      core.licensing.activateMachine(anyone, { licenseKey, fingerprint }),
    ),
  );
  return fingerprints;
};
