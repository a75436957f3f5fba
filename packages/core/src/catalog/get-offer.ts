import { DomainError } from "@latchkey/contracts";
import type { BillingInterval } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import { loadVersionOnOffer } from "./load-version-on-offer.ts";
import type { Offer } from "./offer.ts";
import * as store from "./store.ts";

const toOffer = async (
  tx: Tx,
  version: store.VersionRow,
  interval: BillingInterval,
): Promise<Offer> => {
  const price = await store.findPrice(tx, version.id, interval);
  if (!price) {
    throw new DomainError(
      "NOT_FOUND",
      { remedy: "Choose one of the intervals that the plan lists under prices." },
      `The plan "${version.slug}" is not sold by the ${interval}.`,
    );
  }
  return {
    planVersionId: version.id,
    planSlug: version.slug,
    planName: version.name,
    version: version.version,
    product: version.product,
    interval,
    price: { amount: price.amountMinor, currency: price.currency },
    maxSeats: version.maxSeats,
    maxMachines: version.maxMachines,
    trialDays: version.trialDays,
    features: version.features,
    limits: version.limits,
  };
};

/** What a new customer buys: the version now on offer. Throws NOT_FOUND, with the remedy. */
export const getOffer =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, { slug, interval }: { slug: string; interval: BillingInterval }) =>
    inTransaction(database, call, async (tx) =>
      toOffer(tx, await loadVersionOnOffer(tx, slug), interval),
    );

/** What an earlier customer bought, also when the version has left the offer. Throws NOT_FOUND. */
export const getOfferOfVersion =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (
    call: Call,
    { planVersionId, interval }: { planVersionId: string; interval: BillingInterval },
  ) =>
    inTransaction(database, call, async (tx) => {
      const [version] = await store.listVersions(tx, [planVersionId]);
      if (version) return toOffer(tx, version, interval);
      throw new DomainError("NOT_FOUND", {}, "There is no such version of a plan.");
    });
