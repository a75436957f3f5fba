import type { KeyedTx } from "@latchkey/db";
import type { SeatAward } from "./award-seats.ts";
import type { LeasedSession } from "./lease-rules.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import type { Claim } from "./read-claims.ts";
import * as claimStore from "./seat-claim-store.ts";
import type { SeatJudgements } from "./seat-requests.ts";
import * as sessionEndStore from "./session-end-store.ts";
import type { SessionRow } from "./session-store.ts";

export interface AwardedClaim {
  readonly claim: Claim;
  readonly award: SeatAward;
}

const leasedSession = (
  session: SessionRow,
  license: LicenseRow,
  { id, fingerprint }: Claim["machine"],
): LeasedSession => ({
  sessionId: session.id,
  licenseId: license.id,
  organizationId: license.organizationId,
  productId: license.productId,
  machineId: id,
  fingerprint,
  startedAt: session.startedAt,
  renewedAt: session.lastHeartbeatAt,
  expiresAt: session.expiresAt,
  seq: session.seq,
  features: license.features,
  limits: license.limits,
  maxSeats: license.maxSeats,
});

const toNewSession = ({ request, license, machineId }: Claim) => {
  const acquire = request.kind === "acquire" ? request : null;
  return {
    organizationId: license.organizationId,
    licenseId: license.id,
    machineId,
    address: acquire?.call.address ?? null,
    userAgent: acquire?.call.userAgent ?? null,
    appVersion: acquire?.input.appVersion ?? null,
  };
};

const licenseIdsOf = (awarded: readonly AwardedClaim[]): string[] => [
  ...new Set(awarded.map(({ claim }) => claim.license.id)),
];

/** `ask` about these ids, or nothing where there are none. */
const about = async <Answer>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<ReadonlyMap<string, Answer>>,
): Promise<ReadonlyMap<string, Answer>> => (ids.length === 0 ? new Map() : ask(ids));

/** Ends, renews and opens sessions, each kind by one statement; the rows of the latter two. */
const writeSessions = async (
  tx: KeyedTx,
  awarded: readonly AwardedClaim[],
  ended: readonly string[],
): Promise<{
  renewed: ReadonlyMap<string, SessionRow>;
  opened: ReadonlyMap<string, SessionRow>;
}> => {
  const renewing = new Set<string>();
  const opening = new Map<string, Claim>();
  for (const { claim, award } of awarded) {
    if (award.kind === "renewed") renewing.add(award.sessionId);
    if (award.kind === "opened" && !opening.has(claim.machineId)) {
      opening.set(claim.machineId, claim);
    }
  }
  const [, renewed, opened] = await Promise.all([
    ended.length === 0 ? [] : sessionEndStore.endSessions(tx, ended, "expired"),
    renewing.size === 0 ? [] : claimStore.renewLocked(tx, [...renewing]),
    opening.size === 0 ? [] : claimStore.openSessions(tx, [...opening.values()].map(toNewSession)),
  ]);
  return {
    renewed: new Map(renewed.map((row) => [row.id, row])),
    opened: new Map(opened.map((row) => [row.machineId, row])),
  };
};

/** Writes what was decided of all claims, by as many statements as of one, and judges their requests. */
export const writeAwards = async (
  tx: KeyedTx,
  { awarded, ended }: { awarded: readonly AwardedClaim[]; ended: readonly string[] },
  judgements: SeatJudgements,
): Promise<void> => {
  const { renewed, opened } = await writeSessions(tx, awarded, ended);
  const [granted, exhausted] = [
    licenseIdsOf(awarded.filter(({ award }) => award.kind !== "exhausted")),
    licenseIdsOf(awarded.filter(({ award }) => award.kind === "exhausted")),
  ];
  // Behind the writes: what is asked together is not sent in the order in which it stands here.
  const [used, seats, machineIds] = await Promise.all([
    about(granted, (ids) => claimStore.countUnexpired(tx, ids)),
    about(exhausted, (ids) => claimStore.listSeats(tx, ids)),
    about(exhausted, (ids) => machineStore.listNewestMachineIds(tx, ids)),
  ]);

  for (const { claim, award } of awarded) {
    const { request, license, machine, machineId } = claim;
    if (award.kind === "exhausted") {
      judgements.set(request, {
        kind: "exhausted",
        license,
        machineId,
        usedSeats: license.maxSeats,
        seats: seats.get(license.id) ?? [],
        machineIds: machineIds.get(license.id) ?? new Map(),
        at: tx.now,
      });
    } else if (award.kind === "superseded") {
      judgements.set(request, { kind: "ended", endReason: "expired", at: tx.now });
    } else {
      const row = award.kind === "renewed" ? renewed.get(award.sessionId) : opened.get(machineId);
      if (!row) throw new Error("PostgreSQL lost a session that was just granted.");
      const session = leasedSession(row, license, machine);
      judgements.set(request, { kind: "granted", session, usedSeats: used.get(license.id) ?? 1 });
    }
  }
};
