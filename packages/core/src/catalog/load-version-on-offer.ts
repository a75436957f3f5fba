import { DomainError } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import * as store from "./store.ts";

/** The version of a plan that is now on offer. Throws NOT_FOUND, with the remedy. */
export const loadVersionOnOffer = async (tx: Tx, slug: string): Promise<store.VersionRow> => {
  const version = await store.findVersionOnOffer(tx, slug);
  if (version) return version;
  throw new DomainError(
    "NOT_FOUND",
    { remedy: "List the plans on offer and take the slug of one of them." },
    `There is no plan "${slug}" on offer.`,
  );
};
