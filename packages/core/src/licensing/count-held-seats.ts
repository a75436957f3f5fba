import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import * as sessionStore from "./session-store.ts";

/**
 * How many seats are held, of all licenses together: for the vendor's metrics. Its cost grows with them, a
 * third of a second for a million: ask every half minute, not with every call. Throws FORBIDDEN,
 * UNAVAILABLE.
 */
export const countHeldSeats =
  ({ database }: Pick<LicensingDeps, "database">) =>
  async (call: Call): Promise<number> => {
    authorizeSystem(call);
    return inTransaction(database, call, sessionStore.countAllHeld);
  };
