import { systemCall } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import * as sessionStore from "./session-store.ts";

/**
 * How many seats are held, of all licenses together: for the vendor's metrics. Its cost grows with them, a
 * third of a second for a million: ask every half minute, not with every call. Throws UNAVAILABLE.
 */
export const countHeldSeats =
  ({ database }: Pick<LicensingDeps, "database">) =>
  (): Promise<number> =>
    inTransaction(database, systemCall("count-held-seats"), sessionStore.countAllHeld);
