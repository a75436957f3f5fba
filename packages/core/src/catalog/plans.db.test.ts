import { planPrices, planVersions } from "@latchkey/db/schema";
import { sqlStateOf } from "@latchkey/db";
import { anOffer, callBy, createTestCore } from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { systemCall } from "../call.ts";

let made: TestCore;
beforeAll(async () => {
  made = await createTestCore();
});
afterAll(() => made.close());

const anyone = callBy({ kind: "anonymous" });
const system = systemCall("test");

const listSlugs = async (limit: number): Promise<string[]> => {
  const slugs: string[] = [];
  for (let cursor: string | undefined, more = true; more;) {
    const page = await made.core.catalog.listPlans(anyone, { limit, cursor });
    slugs.push(...page.items.map(({ slug }) => slug));
    cursor = page.nextCursor ?? undefined;
    more = page.nextCursor !== null;
  }
  return slugs;
};

describe("the seeded catalog", () => {
  test("offers three plans at the prices of the house, cheapest first", async () => {
    const { items, nextCursor } = await made.core.catalog.listPlans(anyone, { limit: 20 });
    expect(nextCursor).toBeNull();
    expect(
      items.map(({ slug, maxSeats, trialDays, prices }) => [
        slug,
        maxSeats,
        trialDays,
        prices.map(({ interval, price }) => `${price.amount} ${price.currency} a ${interval}`),
      ]),
    ).toEqual([
      ["starter", 3, 14, ["2900 USD a month", "29000 USD a year"]],
      ["pro", 10, 14, ["9900 USD a month", "99000 USD a year"]],
      ["enterprise", 50, 14, ["29900 USD a month", "299000 USD a year"]],
    ]);
  });

  test("is the same after seeding again, also from several nodes at once", async () => {
    const before = await made.core.catalog.listPlans(anyone, { limit: 20 });
    const keys = await made.core.catalog.publicKeys(anyone);
    await Promise.all([1, 2, 3].map(() => made.core.catalog.seedCatalog(system)));
    expect(await made.core.catalog.listPlans(anyone, { limit: 20 })).toEqual(before);
    expect(await made.core.catalog.publicKeys(anyone)).toEqual(keys);
  });
});

describe("plans", () => {
  test("come in pages that lose and repeat none, equal prices included", async () => {
    const offers = [await anOffer(made), await anOffer(made)];
    const whole = await listSlugs(100);
    expect(whole).toEqual(expect.arrayContaining(offers.map(({ planSlug }) => planSlug)));
    expect(await listSlugs(1)).toEqual(whole);
    expect(await listSlugs(2)).toEqual(whole);
  });

  test.each(["nonsense", Buffer.from('["x","y"]').toString("base64url")])(
    "refuse the cursor %j by naming the field",
    async (cursor) => {
      await expect(made.core.catalog.listPlans(anyone, { limit: 1, cursor })).rejects.toMatchObject(
        { code: "BAD_REQUEST", details: { issues: [{ path: ["cursor"] }] } },
      );
    },
  );

  test("that are not on offer are not found, and the remedy is said", async () => {
    const { catalog } = made.core;
    const missing = { code: "NOT_FOUND", details: { remedy: expect.any(String) } };
    await expect(catalog.getPlan(anyone, { slug: "gold" })).rejects.toMatchObject(missing);
    const gold = catalog.getOffer(anyone, { slug: "gold", interval: "month" });
    await expect(gold).rejects.toMatchObject(missing);
    const { planSlug } = await anOffer(made);
    const yearly = catalog.getOffer(anyone, { slug: planSlug, interval: "year" });
    await expect(yearly).rejects.toMatchObject(missing);
  });

  test("are described by the ids of their versions", async () => {
    const { planVersionId, planSlug, product } = await anOffer(made);
    const described = await made.core.catalog.describePlanVersions(anyone, [planVersionId]);
    expect(described.get(planVersionId)).toEqual({
      slug: planSlug,
      name: "Test plan",
      version: 1,
      product: { id: product.id, name: "Latch", slug: "latch" },
    });
  });
});

describe("a sold version", () => {
  const change = (planVersionId: string, set: Partial<typeof planVersions.$inferInsert>) =>
    made.database.drizzle
      .update(planVersions)
      .set(set)
      .where(eq(planVersions.id, planVersionId))
      .then(
        () => "changed",
        (error: unknown) => sqlStateOf(error),
      );

  test("keeps what it was sold as, and its first sale", async () => {
    const { planVersionId } = await anOffer(made);
    expect(await change(planVersionId, { maxSeats: 4 })).toBe("changed");
    await made.core.catalog.markSold(system, planVersionId);
    const find = () =>
      made.database.drizzle.select().from(planVersions).where(eq(planVersions.id, planVersionId));
    const sold = await find();
    expect(sold[0]?.firstSoldAt).toBeInstanceOf(Date);
    await made.advance(60);
    await made.core.catalog.markSold(system, planVersionId);
    expect(await find()).toEqual(sold);
    expect(await change(planVersionId, { maxSeats: 99 })).toBe("23001");
    const price = { planVersionId, interval: "year", amountMinor: 1, currency: "USD" } as const;
    const added = made.database.drizzle.insert(planPrices).values(price);
    expect(
      await added.then(
        () => "added",
        (error: unknown) => sqlStateOf(error),
      ),
    ).toBe("23001");
  });

  test("is still what its buyer has when it has left the offer", async () => {
    const offer = await anOffer(made, { maxSeats: 7 });
    await made.core.catalog.markSold(system, offer.planVersionId);
    expect(await change(offer.planVersionId, { onOffer: false })).toBe("changed");
    const { planVersionId, interval } = offer;
    const { catalog } = made.core;
    expect(await catalog.getOfferOfVersion(system, { planVersionId, interval })).toEqual(offer);
    await expect(
      catalog.getOffer(system, { slug: offer.planSlug, interval }),
    ).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
