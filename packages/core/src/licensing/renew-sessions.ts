import { systemCall } from "../call.ts";
import { inKeyedTransaction, inStatement } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { LeasedSession } from "./lease-rules.ts";
import { renewTogether } from "./renewal-store.ts";
import * as claimStore from "./seat-claim-store.ts";
import type { UsedSeats } from "./used-seats.ts";

export interface RenewedSession {
  readonly session: LeasedSession;
  /** Told for people, seconds old at most. */
  readonly usedSeats: number;
}

/** Renews a session together with those that arrive with it; null when it did not simply move. */
export type RenewSession = (sessionId: string) => Promise<RenewedSession | null>;

const maxWaitMs = 10;
const maxItems = 500;

/**
 * The group commit behind every heartbeat of this process (design.md section 5). The seats of a license are
 * counted by PostgreSQL where nobody told of them: it reads as many rows as the license has seats.
 */
export const createRenewSession = ({
  database,
  log,
  observe,
  usedSeats,
}: Pick<LicensingDeps, "database" | "log" | "observe"> & {
  readonly usedSeats: UsedSeats;
}): RenewSession => {
  const usedSeatsOf = async (licenseIds: ReadonlySet<string>): Promise<Map<string, number>> => {
    const used = new Map<string, number>();
    const untold: string[] = [];
    for (const licenseId of licenseIds) {
      const told = usedSeats.find(licenseId);
      if (told === null) untold.push(licenseId);
      else used.set(licenseId, told);
    }
    if (untold.length === 0) return used;
    // The sessions are renewed by now, and a figure for people is no reason to say otherwise.
    const counted = await inKeyedTransaction(database, systemCall("count-seats"), (tx) =>
      claimStore.countHeld(tx, untold),
    ).catch((error: unknown) => {
      log.warn({ err: error }, "the seats of renewed sessions were not counted");
      return new Map<string, number>();
    });
    for (const [licenseId, held] of counted) {
      used.set(licenseId, held);
      usedSeats.tell(licenseId, held, "postgresql");
    }
    return used;
  };

  const commit = async (sessionIds: readonly string[]): Promise<Map<string, RenewedSession>> => {
    const sessions = await inStatement(database, (sql) => renewTogether(sql, sessionIds));
    const used = await usedSeatsOf(new Set(sessions.map(({ licenseId }) => licenseId)));
    return new Map(
      sessions.map((session) => [
        session.sessionId,
        { session, usedSeats: used.get(session.licenseId) ?? 1 },
      ]),
    );
  };

  return createGroupCommit<string, RenewedSession>({
    maxWaitMs,
    maxItems,
    commit,
    keyOf: (sessionId) => sessionId,
    onCommitted: (done) => observe?.({ kind: "group_commit", work: "heartbeat", ...done }),
  });
};
