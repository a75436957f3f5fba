import { systemCall } from "../call.ts";
import { inKeyedTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import { createGroupCommit } from "./group-commit.ts";
import * as claimStore from "./seat-claim-store.ts";

/** Read by one query: few enough for the memory, many enough that no license waits for one of its own. */
const maxLicenses = 100;
/** Written at once. More would keep Redis from everybody else for longer than a command may take. */
const seatsAtOnce = 5000;

/** Does one piece of work after the other, in the order in which they were asked for. */
const createTurns = () => {
  let last: Promise<unknown> = Promise.resolve();
  return <Result>(work: () => Promise<Result>): Promise<Result> => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
};

/**
 * Tells Redis what PostgreSQL counts of licenses. Those that are asked for together are read by one query, a
 * hundred at most, and written by few pipelines, while the next are read.
 */
export const createSeatRebuild = ({
  database,
  seatCache,
}: Pick<LicensingDeps, "database" | "seatCache">) => {
  const [toRead, toWrite] = [createTurns(), createTurns()];

  const write = async (
    licenseIds: readonly string[],
    seats: Awaited<ReturnType<typeof claimStore.listSeats>>,
  ): Promise<void> => {
    let writing: Promise<void>[] = [];
    let size = 0;
    for (const licenseId of licenseIds) {
      const ofLicense = seats.get(licenseId) ?? [];
      size += ofLicense.length;
      writing.push(seatCache.rebuild(licenseId, ofLicense));
      if (size < seatsAtOnce) continue;
      await Promise.all(writing);
      [writing, size] = [[], 0];
    }
    await Promise.all(writing);
  };

  const rebuild = createGroupCommit<string, true>({
    maxWaitMs: 10,
    maxItems: maxLicenses,
    keyOf: (licenseId) => licenseId,
    commit: async (licenseIds) => {
      const seats = await toRead(() =>
        inKeyedTransaction(database, systemCall("rebuild-seats"), (tx) =>
          claimStore.listSeats(tx, licenseIds),
        ),
      );
      await toWrite(() => write(licenseIds, seats));
      return new Map<string, true>();
    },
  });
  return async (licenseId: string): Promise<void> => {
    await rebuild(licenseId);
  };
};
