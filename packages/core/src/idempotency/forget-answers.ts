import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import { deleteExpired } from "./store.ts";

/** Forgets at most `limit` answers older than their 24 h; repeat it while it forgot that many. */
export const forgetAnswers =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, { limit }: { limit: number }): Promise<{ forgotten: number }> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) => ({
      forgotten: await deleteExpired(tx, limit),
    }));
  };
