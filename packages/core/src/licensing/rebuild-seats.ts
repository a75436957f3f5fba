import { systemCall } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import * as sessionStore from "./session-store.ts";

/** Tells Redis what PostgreSQL counts of a license; who asks while that is under way shares it. */
export const createSeatRebuild = ({
  database,
  seatCache,
}: Pick<LicensingDeps, "database" | "seatCache">) => {
  const underWay = new Map<string, Promise<void>>();
  return (licenseId: string): Promise<void> => {
    const shared =
      underWay.get(licenseId) ??
      inTransaction(database, systemCall("rebuild-seats"), (tx) =>
        sessionStore.listHeld(tx, licenseId),
      )
        .then((seats) => seatCache.rebuild(licenseId, seats))
        .finally(() => underWay.delete(licenseId));
    underWay.set(licenseId, shared);
    return shared;
  };
};
