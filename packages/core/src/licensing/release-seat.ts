import { asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { readLease } from "./read-lease.ts";
import * as sessionEndStore from "./session-end-store.ts";

/**
 * Gives the seat back for good; what was given back or ended already stays so. Any lease of the session
 * will do, an expired one too. Throws LEASE_INVALID.
 */
export const releaseSeat = (deps: VerbDeps) => {
  const { database, fullLicenses, seatCache } = deps;
  const read = readLease(deps);
  return async (call: Call, { lease }: { lease: string }): Promise<null> => {
    const { sid, sub, mch } = await read(lease);
    const ended = await inTransaction(database, asSystem(call, "release-seat"), (tx) =>
      sessionEndStore.releaseSession(tx, sid),
    );
    if (ended) {
      fullLicenses.forget(sub);
      void seatCache.release(sub, [mch]);
    }
    return null;
  };
};
