import { DomainError } from "@latchkey/contracts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** A product by its id or slug. Throws NOT_FOUND. */
export const getProduct =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, idOrSlug: string) =>
    inTransaction(database, call, async (tx) => {
      const product = await store.findProduct(tx, idOrSlug);
      if (product) return product;
      throw new DomainError("NOT_FOUND", {}, `There is no product "${idOrSlug}".`);
    });
