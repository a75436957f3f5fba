import { systemCall } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import { createGroupCommit } from "./group-commit.ts";
import * as claimStore from "./seat-claim-store.ts";

/** Few enough that what is read of them fits a piece of memory, many enough that no license waits for its own. */
const maxLicenses = 100;

/**
 * Tells Redis what PostgreSQL counts of licenses. Those that are asked for together are read by one query and
 * written by one pipeline, a hundred at most; the pieces of more are read and written side by side.
 */
export const createSeatRebuild = ({
  database,
  seatCache,
}: Pick<LicensingDeps, "database" | "seatCache">) => {
  const rebuild = createGroupCommit<string, true>({
    maxWaitMs: 10,
    maxItems: maxLicenses,
    keyOf: (licenseId) => licenseId,
    commit: async (licenseIds) => {
      const seats = await inTransaction(database, systemCall("rebuild-seats"), (tx) =>
        claimStore.listSeats(tx, licenseIds),
      );
      await Promise.all(licenseIds.map((id) => seatCache.rebuild(id, seats.get(id) ?? [])));
      return new Map<string, true>();
    },
  });
  return async (licenseId: string): Promise<void> => {
    await rebuild(licenseId);
  };
};
