import { PlanVersionId, ProductId } from "@latchkey/contracts";
import type { Plan, plansContract } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { z } from "zod";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { readCursorOf, toPageBy } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import { loadVersionOnOffer } from "./load-version-on-offer.ts";
import * as store from "./store.ts";

const EncodedPosition = z.tuple([z.int().min(0), z.uuid()]);

type PriceRow = Awaited<ReturnType<typeof store.listPrices>>[number];

const toPlan = (
  { id, product, ...version }: store.VersionRow,
  prices: readonly PriceRow[],
): Plan => ({
  slug: version.slug,
  name: version.name,
  description: version.description,
  versionId: PlanVersionId.parse(id),
  version: version.version,
  product: { id: ProductId.parse(product.id), name: product.name, slug: product.slug },
  prices: prices.map(({ interval, amountMinor, currency }) => ({
    interval,
    price: { amount: amountMinor, currency },
  })),
  maxSeats: version.maxSeats,
  maxMachines: version.maxMachines,
  trialDays: version.trialDays,
  features: version.features,
  limits: version.limits,
});

const toPlans = async (tx: Tx, versions: readonly store.VersionRow[]): Promise<Plan[]> => {
  const ids = versions.map(({ id }) => id);
  const prices = Map.groupBy(await store.listPrices(tx, ids), (price) => price.planVersionId);
  return versions.map((version) => toPlan(version, prices.get(version.id) ?? []));
};

/** The plans on offer, cheapest first by what a year costs at their best price. */
export const listPlans =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, { limit, cursor }: z.infer<typeof plansContract.list.input>) => {
    const position = readCursorOf(EncodedPosition, cursor);
    const after = position && { yearlyMinor: position[0], id: position[1] };
    return inTransaction(database, call, async (tx) => {
      const rows = await store.listVersionsOnOffer(tx, after, limit + 1);
      const { items, nextCursor } = toPageBy(rows, limit, ({ yearlyMinor, id }) => [
        yearlyMinor,
        id,
      ]);
      return { items: await toPlans(tx, items), nextCursor };
    });
  };

/** One plan in the version now on offer. Throws NOT_FOUND. */
export const getPlan =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, { slug }: z.infer<typeof plansContract.get.input>): Promise<Plan> =>
    inTransaction(database, call, async (tx) => {
      const version = await loadVersionOnOffer(tx, slug);
      const prices = await store.listPrices(tx, [version.id]);
      return toPlan(version, prices);
    });
