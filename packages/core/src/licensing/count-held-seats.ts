import { sessions } from "@latchkey/db/schema";
import { isNull } from "drizzle-orm";
import { systemCall } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";

/**
 * How many seats are held, of all licenses together: for the vendor's metrics. Its cost grows with them, a
 * third of a second for a million: ask every half minute, not with every call. Throws UNAVAILABLE.
 */
export const countHeldSeats =
  ({ database }: Pick<LicensingDeps, "database">) =>
  (): Promise<number> =>
    inTransaction(database, systemCall("count-held-seats"), ({ db }) =>
      db.$count(sessions, isNull(sessions.endedAt)),
    );
