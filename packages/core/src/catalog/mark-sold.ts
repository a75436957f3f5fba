import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** Notes the first sale, from which on PostgreSQL refuses every change; later sales change nothing. */
export const markSold =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, planVersionId: string): Promise<void> =>
    inTransaction(database, call, (tx) => store.setFirstSoldAt(tx, planVersionId));
