import type { BillingInterval } from "@latchkey/contracts";
import { advisoryLocks } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { planPrices, planVersions, plans, products, signingKeys } from "@latchkey/db/schema";
import { and, asc, eq, inArray, isNull, sql } from "drizzle-orm";

const productColumns = {
  id: products.id,
  name: products.name,
  slug: products.slug,
  keyPrefix: products.keyPrefix,
};

const versionColumns = {
  id: planVersions.id,
  slug: plans.slug,
  name: plans.name,
  description: plans.description,
  version: planVersions.version,
  maxSeats: planVersions.maxSeats,
  maxMachines: planVersions.maxMachines,
  trialDays: planVersions.trialDays,
  features: planVersions.features,
  limits: planVersions.limits,
  product: productColumns,
};

const versions = (tx: Tx) =>
  tx.db
    .select(versionColumns)
    .from(planVersions)
    .innerJoin(plans, eq(plans.id, planVersions.planId))
    .innerJoin(products, eq(products.id, plans.productId));

/** A plan version with its plan and product. */
export type VersionRow = Awaited<ReturnType<typeof findVersionOnOffer>> & object;

export const findVersionOnOffer = async (tx: Tx, slug: string) => {
  const [row] = await versions(tx).where(and(eq(plans.slug, slug), eq(planVersions.onOffer, true)));
  return row ?? null;
};

export const listVersions = async (tx: Tx, ids: readonly string[]) =>
  ids.length === 0 ? [] : versions(tx).where(inArray(planVersions.id, [...ids]));

/** Where a page of plans ended. */
export interface PricePosition {
  /** Minor units of a year at the plan's best price: whole, and alike for every interval. */
  readonly yearlyMinor: number;
  readonly id: string;
}

/** Versions on offer by what a year costs at their best price; those without a price are not for sale. */
export const listVersionsOnOffer = async (tx: Tx, after: PricePosition | null, limit: number) => {
  const best = tx.db
    .select({
      planVersionId: planPrices.planVersionId,
      yearlyMinor: sql<number>`min(${planPrices.amountMinor} * case ${planPrices.interval}
        when 'month' then 12 else 1 end)`
        .mapWith(Number)
        .as("yearly_minor"),
    })
    .from(planPrices)
    .groupBy(planPrices.planVersionId)
    .as("best");
  return tx.db
    .select({ ...versionColumns, yearlyMinor: best.yearlyMinor })
    .from(planVersions)
    .innerJoin(plans, eq(plans.id, planVersions.planId))
    .innerJoin(products, eq(products.id, plans.productId))
    .innerJoin(best, eq(best.planVersionId, planVersions.id))
    .where(
      and(
        eq(planVersions.onOffer, true),
        after === null
          ? undefined
          : sql`(${best.yearlyMinor}, ${planVersions.id}) > (${after.yearlyMinor}::bigint, ${after.id}::uuid)`,
      ),
    )
    .orderBy(asc(best.yearlyMinor), asc(planVersions.id))
    .limit(limit);
};

export const listPrices = async (tx: Tx, versionIds: readonly string[]) =>
  versionIds.length === 0
    ? []
    : tx.db
        .select()
        .from(planPrices)
        .where(inArray(planPrices.planVersionId, [...versionIds]))
        .orderBy(asc(planPrices.interval), asc(planPrices.currency));

export const findPrice = async (tx: Tx, planVersionId: string, interval: BillingInterval) => {
  const [row] = await tx.db
    .select()
    .from(planPrices)
    .where(and(eq(planPrices.planVersionId, planVersionId), eq(planPrices.interval, interval)))
    .orderBy(asc(planPrices.currency))
    .limit(1);
  return row ?? null;
};

export const setFirstSoldAt = async (tx: Tx, planVersionId: string): Promise<void> => {
  await tx.db
    .update(planVersions)
    .set({ firstSoldAt: tx.now })
    .where(and(eq(planVersions.id, planVersionId), isNull(planVersions.firstSoldAt)));
};

export const findProduct = async (tx: Tx, idOrSlug: string) => {
  const [row] = await tx.db
    .select(productColumns)
    .from(products)
    .where(sql`${products.id}::text = ${idOrSlug} or ${products.slug} = ${idOrSlug}`);
  return row ?? null;
};

/** Keeps two rotations of one product apart. */
export const lockProduct = async (tx: Tx, productId: string): Promise<void> => {
  await tx.db
    .select({ id: products.id })
    .from(products)
    .where(eq(products.id, productId))
    .for("update");
};

export const listSigningKeys = async (tx: Tx) =>
  tx.db.select().from(signingKeys).orderBy(asc(signingKeys.createdAt), asc(signingKeys.kid));

export const findActiveSigningKey = async (tx: Tx, productId: string) => {
  const [row] = await tx.db
    .select()
    .from(signingKeys)
    .where(and(eq(signingKeys.productId, productId), eq(signingKeys.status, "active")));
  return row ?? null;
};

export const retireSigningKey = async (tx: Tx, kid: string): Promise<void> => {
  await tx.db
    .update(signingKeys)
    .set({ status: "verify_only", retiredAt: tx.now })
    .where(eq(signingKeys.kid, kid));
};

export const insertSigningKey = async (
  tx: Tx,
  key: Pick<
    typeof signingKeys.$inferInsert,
    "kid" | "productId" | "algorithm" | "publicJwk" | "privateKeyCiphertext"
  > & { readonly endorsement: string | null },
): Promise<void> => {
  await tx.db.insert(signingKeys).values({ ...key, status: "active", createdAt: tx.now });
};

/** Keeps two seedings apart until the transaction ends. */
export const lockSeeding = async (tx: Tx): Promise<void> => {
  await tx.db.execute(sql`select pg_advisory_xact_lock(${advisoryLocks.seedCatalog})`);
};

export const insertProduct = async (
  tx: Tx,
  product: Pick<typeof products.$inferInsert, "name" | "slug" | "keyPrefix">,
): Promise<void> => {
  await tx.db.insert(products).values(product).onConflictDoNothing({ target: products.slug });
};

/** The new plan's id, or null when there is one of that slug. */
export const insertPlan = async (
  tx: Tx,
  plan: Pick<typeof plans.$inferInsert, "productId" | "slug" | "name" | "description">,
): Promise<string | null> => {
  const [row] = await tx.db
    .insert(plans)
    .values(plan)
    .onConflictDoNothing({ target: plans.slug })
    .returning({ id: plans.id });
  return row?.id ?? null;
};

export const insertPlanVersion = async (
  tx: Tx,
  version: typeof planVersions.$inferInsert,
  prices: readonly Omit<typeof planPrices.$inferInsert, "planVersionId">[],
): Promise<void> => {
  const [made] = await tx.db
    .insert(planVersions)
    .values(version)
    .returning({ id: planVersions.id });
  if (made === undefined) throw new Error("PostgreSQL returned no plan version.");
  await tx.db
    .insert(planPrices)
    .values(prices.map((price) => ({ ...price, planVersionId: made.id })));
};
