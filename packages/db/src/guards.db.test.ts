import { createTestDatabase } from "@latchkey/testing";
import { eq, sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectDatabase, sqlStateOf, transact } from "./index.ts";
import type { Database } from "./index.ts";
import * as schema from "./schema/index.ts";

let database: Database;
let close: () => Promise<void>;

beforeAll(async () => {
  const clone = await createTestDatabase();
  close = clone.close;
  database = connectDatabase({ url: clone.url, applicationName: "guards test" });
});

afterAll(async () => {
  await database.close();
  await close();
});

const refusedWith = async (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => sqlStateOf(error),
  );

const organization = () => {
  const id = uuidv7();
  return { id, name: "Acme", slug: id };
};

/** Tables of one organization each, by the column that says so. */
const tenantTables = async () => {
  const rows = await database.sql<{ name: string; secured: boolean }[]>`
    select distinct c.relname as name, c.relrowsecurity as secured
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
      and (a.attname = 'organization_id' or c.relname = 'organizations')
    order by 1`;
  return [...rows];
};

describe("row-level security", () => {
  test("guards every table that has an organization", async () => {
    const tables = await tenantTables();
    expect(tables.length).toBeGreaterThan(15);
    expect(tables.filter(({ secured }) => !secured)).toEqual([]);
  });

  test("has no policy on these that does not ask whose a row is", async () => {
    const policies = await database.sql<{ table: string; condition: string }[]>`
      select tablename as "table", qual as condition from pg_policies where schemaname = 'public'`;
    const tables = await tenantTables();
    expect(new Set(policies.map(({ table }) => table))).toEqual(
      new Set(tables.map(({ name }) => name)),
    );
    const lax = policies.filter(
      ({ condition }) => !/latchkey_(organization|user)\(\)/.test(condition),
    );
    expect(lax).toEqual([]);
  });

  test("shows and changes one organization's rows alone, also when the query forgets to ask", async () => {
    const [mine, theirs] = [organization(), organization()];
    await transact(database, { kind: "system" }, async (tx) => {
      await tx.db.insert(schema.organizations).values([mine, theirs]);
    });
    const scope = { kind: "tenant", organizationId: mine.id } as const;
    const seen = await transact(database, scope, ({ db }) =>
      db.select().from(schema.organizations),
    );
    expect(seen.map(({ id }) => id)).toEqual([mine.id]);
    const renamed = await transact(database, scope, ({ db }) =>
      db.update(schema.organizations).set({ name: "Taken" }).returning(),
    );
    expect(renamed.map(({ id }) => id)).toEqual([mine.id]);
  });

  test("shows a person their own memberships and organizations, and nobody else's", async () => {
    const [mine, theirs] = [organization(), organization()];
    const [me, them] = [uuidv7(), uuidv7()];
    await transact(database, { kind: "system" }, async ({ db }) => {
      await db.insert(schema.organizations).values([mine, theirs]);
      await db
        .insert(schema.users)
        .values([me, them].map((id) => ({ id, name: id, email: `${id}@test` })));
      await db.insert(schema.memberships).values([
        { organizationId: mine.id, userId: me, role: "owner" },
        { organizationId: theirs.id, userId: them, role: "owner" },
      ]);
    });
    const seen = await transact(database, { kind: "user", userId: me }, async ({ db }) => ({
      organizations: await db.select().from(schema.organizations),
      memberships: await db.select().from(schema.memberships),
    }));
    expect(seen.organizations.map(({ id }) => id)).toEqual([mine.id]);
    expect(seen.memberships.map(({ userId }) => userId)).toEqual([me]);
  });

  test("refuses a row written for somebody else", async () => {
    const theirs = organization();
    await transact(database, { kind: "system" }, ({ db }) =>
      db.insert(schema.organizations).values(theirs),
    );
    const scope = { kind: "tenant", organizationId: uuidv7() } as const;
    const write = transact(database, scope, ({ db }) =>
      db.insert(schema.gatewayCustomers).values({
        organizationId: theirs.id,
        gateway: "sandbox",
        customerReference: "stolen",
      }),
    );
    expect(await refusedWith(write)).toBe("42501");
  });

  test("shows nothing to a query outside a stated scope", async () => {
    expect(await database.drizzle.select().from(schema.organizations)).toEqual([]);
  });

  test("cannot be switched off by the application's role", async () => {
    expect(await refusedWith(database.sql`alter table licenses disable row level security`)).toBe(
      "42501",
    );
  });
});

describe("records", () => {
  test("of the audit trail cannot be changed or deleted", async () => {
    await transact(database, { kind: "system" }, ({ db, now }) =>
      db.insert(schema.auditEntries).values({
        at: now,
        actorKind: "system",
        action: "test.ran",
        targetKind: "test",
        targetId: "1",
      }),
    );
    const system = { kind: "system" } as const;
    const change = transact(database, system, ({ db }) =>
      db.update(schema.auditEntries).set({ action: "nothing" }),
    );
    expect(await refusedWith(change)).toBe("42501");
    const removal = transact(database, system, ({ db }) => db.delete(schema.auditEntries));
    expect(await refusedWith(removal)).toBe("42501");
  });

  test("of a sold plan version can leave the offer and nothing more", async () => {
    const sold = await transact(database, { kind: "system" }, async ({ db, now }) => {
      const slug = uuidv7();
      const productId = uuidv7();
      const planId = uuidv7();
      await db
        .insert(schema.products)
        .values({ id: productId, name: "App", slug, keyPrefix: "APP" });
      await db.insert(schema.plans).values({ id: planId, productId, slug, name: "Starter" });
      const id = uuidv7();
      await db.insert(schema.planVersions).values({ id, planId, version: 1, maxSeats: 3 });
      await db
        .insert(schema.planPrices)
        .values({ planVersionId: id, interval: "month", amountMinor: 2900, currency: "USD" });
      await db
        .update(schema.planVersions)
        .set({ firstSoldAt: now })
        .where(eq(schema.planVersions.id, id));
      return id;
    });
    const update = (set: Partial<typeof schema.planVersions.$inferInsert>) =>
      refusedWith(
        database.drizzle
          .update(schema.planVersions)
          .set(set)
          .where(eq(schema.planVersions.id, sold)),
      );
    expect(await update({ maxSeats: 99 })).toBe("23001");
    expect(await update({ onOffer: false })).toBeUndefined();
    const price = database.drizzle
      .update(schema.planPrices)
      .set({ amountMinor: 1 })
      .where(eq(schema.planPrices.planVersionId, sold));
    expect(await refusedWith(price)).toBe("23001");
  });
});

describe("the clock", () => {
  test("moves forward with the sandbox and never back", async () => {
    const { sandboxClock } = schema;
    await database.drizzle.insert(sandboxClock).values({ ahead: "2 days" });
    const { now } = await transact(database, { kind: "system" }, async (tx) => tx);
    const [real] = await database.sql<{ days: number }[]>`
      select round(extract(epoch from ${now.toISOString()}::timestamptz - clock_timestamp()) / 86400)::int as days`;
    expect(real?.days).toBe(2);
    const back = database.drizzle.update(sandboxClock).set({ ahead: sql`interval '1 day'` });
    expect(await refusedWith(back)).toBe("23001");
  });
});
