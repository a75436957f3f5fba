import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { earliest } from "../due.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as licenseStore from "./license-store.ts";
import * as sessionStore from "./session-store.ts";

/**
 * The next instant after now at which a license or a session falls due by itself, or null: the
 * sandbox's clock stops there on its way. Throws FORBIDDEN.
 */
export const findNextDueAt =
  ({ database }: Pick<VerbDeps, "database">) =>
  async (call: Call): Promise<Date | null> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) =>
      earliest(await licenseStore.findNextDueAt(tx), await sessionStore.findNextExpiry(tx)),
    );
  };
