import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** What a list shows of a plan version. */
export interface PlanVersionDescription {
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  readonly product: { readonly id: string; readonly name: string; readonly slug: string };
}

/** Names plan versions by id; unknown ids are left out. */
export const describePlanVersions =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (
    call: Call,
    ids: readonly string[],
  ): Promise<ReadonlyMap<string, PlanVersionDescription>> =>
    inTransaction(database, call, async (tx) => {
      const rows = await store.listVersions(tx, ids);
      return new Map(
        rows.map(({ id, slug, name, version, product }) => [
          id,
          {
            slug,
            name,
            version,
            product: { id: product.id, name: product.name, slug: product.slug },
          },
        ]),
      );
    });
