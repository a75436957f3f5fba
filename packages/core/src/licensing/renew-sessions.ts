import { systemCall } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import { createGroupCommit } from "./group-commit.ts";
import type { LeasedSession } from "./lease-rules.ts";
import * as sessionStore from "./session-store.ts";

export interface RenewedSession {
  readonly session: LeasedSession;
  /** Told for people, a second old at most. */
  readonly usedSeats: number;
}

/** Renews a session together with those that arrive with it; null when it did not simply move. */
export type RenewSession = (sessionId: string) => Promise<RenewedSession | null>;

const maxWaitMs = 10;
const maxItems = 500;
const usedSeatsFreshMs = 1000;
const maxLicenses = 20_000;

/** The group commit behind every heartbeat of this process (design.md section 5). */
export const createRenewSession = ({ database }: Pick<LicensingDeps, "database">): RenewSession => {
  const usedSeats = new Map<string, { used: number; readAtMs: number }>();

  const commit = async (sessionIds: readonly string[]): Promise<Map<string, RenewedSession>> => {
    const nowMs = performance.now();
    const isFresh = (licenseId: string): boolean =>
      nowMs - (usedSeats.get(licenseId)?.readAtMs ?? -Infinity) < usedSeatsFreshMs;
    const { sessions, counted } = await inTransaction(
      database,
      systemCall("renew-sessions"),
      async (tx) => {
        const sessions = await sessionStore.renewTogether(tx, sessionIds);
        const stale = [...new Set(sessions.map(({ licenseId }) => licenseId))].filter(
          (licenseId) => !isFresh(licenseId),
        );
        const counted = stale.length === 0 ? null : await sessionStore.countHeldOf(tx, stale);
        return { sessions, counted };
      },
    );
    if (usedSeats.size > maxLicenses) usedSeats.clear();
    for (const [licenseId, used] of counted ?? []) {
      usedSeats.set(licenseId, { used, readAtMs: nowMs });
    }
    return new Map(
      sessions.map((session) => [
        session.sessionId,
        { session, usedSeats: usedSeats.get(session.licenseId)?.used ?? 1 },
      ]),
    );
  };

  return createGroupCommit<string, RenewedSession>({
    maxWaitMs,
    maxItems,
    commit,
    keyOf: (sessionId) => sessionId,
  });
};
