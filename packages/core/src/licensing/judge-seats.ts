/**
 * PostgreSQL's judgement on the claims of many machines at once: who acquires, and whose heartbeat found its
 * session gone. One transaction locks the licenses, reads what the claims are about (`read-claims.ts`), locks
 * their sessions, and counts; `awardSeats` decides for each license by itself; then everything is written
 * together (`write-awards.ts`).
 *
 * Locks are taken in this order, as everywhere: licenses by id, then machines that are recognised by their
 * parts, then sessions by id, all by one statement.
 * What is written after that is locked already, or new. Refusals are answers, so that what was ended stays
 * ended.
 */
import type { KeyedTx } from "@latchkey/db";
import { awardSeats, machinesInWant } from "./award-seats.ts";
import type { LicenseRow } from "./license-store.ts";
import { readAcquires, readRenewals } from "./read-claims.ts";
import type { Admitted, Claim, RenewalClaim } from "./read-claims.ts";
import * as claimStore from "./seat-claim-store.ts";
import type { AcquireRequest, RenewRequest, SeatJudgements, SeatRequest } from "./seat-requests.ts";
import { decideRenewal } from "./seat-rules.ts";
import { barOf } from "./validation-rules.ts";
import { writeAwards } from "./write-awards.ts";
import type { AwardedClaim } from "./write-awards.ts";

/** The sessions that claims concern, and the seats of their licenses, as they stand under the locks. */
interface LockedSeats {
  readonly sessions: Awaited<ReturnType<typeof claimStore.lockSessions>>;
  /** Sessions that hold a seat, expired ones included, by license. */
  readonly held: ReadonlyMap<string, number>;
  /** The sessions by which machines hold a seat, by machine. */
  readonly holding: ReadonlyMap<string, string>;
  /** Sessions that somebody else has locked. */
  readonly lockedElsewhere: ReadonlySet<string>;
  /** Licenses of which an expired session is locked by somebody else, who may be about to free its seat. */
  readonly undecided: ReadonlySet<string>;
}

/** Judges what the license alone decides, and tells the rest apart by what must be read for it. */
const admit = (
  requests: readonly SeatRequest[],
  licenses: ReadonlyMap<string, LicenseRow>,
  { skipLocked, now }: { readonly skipLocked: boolean; readonly now: Date },
  judgements: SeatJudgements,
) => {
  const acquires: Admitted<AcquireRequest>[] = [];
  const renewals: Admitted<RenewRequest>[] = [];
  for (const request of requests) {
    const license = licenses.get(request.licenseId);
    const bar = license && barOf(license, now);
    if (!license) {
      if (!skipLocked) judgements.set(request, { kind: "unknown" });
    } else if (request.kind === "acquire" && !license.keyHash.equals(request.keyHash)) {
      judgements.set(request, { kind: "unknown" });
    } else if (request.kind === "renew") renewals.push([request, license]);
    else if (bar) judgements.set(request, { kind: "not_usable", code: bar, at: now });
    else acquires.push([request, license]);
  }
  return { acquires, renewals };
};

/** Ids of the licenses that have fewer seats free than these claims want. */
const listShort = (claims: readonly Claim[], held: ReadonlyMap<string, number>): string[] =>
  [...Map.groupBy(claims, ({ license }) => license)].flatMap(([{ id, maxSeats }, ofLicense]) => {
    const holding = new Map(
      ofLicense.flatMap(({ machineId, holdingId }) =>
        holdingId === null ? [] : [[machineId, holdingId] as const],
      ),
    );
    const wanted = machinesInWant(holding, ofLicense).length;
    return wanted > maxSeats - (held.get(id) ?? 0) ? [id] : [];
  });

/** The sessions that a claim is about. */
const sessionIdsOf = ({ holdingId, sessionId }: Claim): string[] =>
  [holdingId, sessionId].filter((id) => id !== null);

/** Locks the claims' own sessions, and the expired ones that may have to end for them. */
const lockSeats = async (
  tx: KeyedTx,
  claims: readonly Claim[],
  licenseIds: readonly string[],
  {
    heldAtFirst,
    skipLocked,
  }: { readonly heldAtFirst: ReadonlyMap<string, number>; readonly skipLocked: boolean },
): Promise<LockedSeats> => {
  const short = listShort(claims, heldAtFirst);
  const expired = short.length === 0 ? [] : await claimStore.listExpired(tx, short);
  const concerned = new Set([...claims.flatMap(sessionIdsOf), ...expired.map(({ id }) => id)]);
  if (concerned.size === 0) {
    const none = { sessions: [], holding: new Map(), lockedElsewhere: new Set<string>() };
    return { ...none, held: heldAtFirst, undecided: new Set() };
  }
  // Counted once more behind the locks, so that the count is of what the locks made it wait for.
  const [sessions, held] = await Promise.all([
    claimStore.lockSessions(tx, [...concerned], { skipLocked }),
    claimStore.countHeld(tx, licenseIds),
  ]);
  const holding = new Map(
    sessions.flatMap(({ id, machineId, endReason }) =>
      endReason === null ? [[machineId, id] as const] : [],
    ),
  );
  const locked = new Set(sessions.map(({ id }) => id));
  const lockedElsewhere = new Set(skipLocked ? [...concerned].filter((id) => !locked.has(id)) : []);
  const undecided = new Set(
    expired.filter(({ id }) => lockedElsewhere.has(id)).map(({ licenseId }) => licenseId),
  );
  return { sessions, held, holding, lockedElsewhere, undecided };
};

/** The renewals that only the number of seats decides; judges the others. */
const decideRenewals = (
  renewals: readonly RenewalClaim[],
  { sessions, holding }: LockedSeats,
  now: Date,
  judgements: SeatJudgements,
): Claim[] => {
  const endReasons = new Map(sessions.map(({ id, endReason }) => [id, endReason]));
  return renewals.filter(({ request, license, machineId, sessionId, barred, deactivated }) => {
    const holdingId = holding.get(machineId);
    const decision = decideRenewal({
      bar: barOf(license, now),
      machineBanned: barred,
      machineDeactivated: deactivated,
      endReason: endReasons.get(sessionId) ?? null,
      machineHasOther: holdingId !== undefined && holdingId !== sessionId,
    });
    if (decision.kind !== "renew") judgements.set(request, { ...decision, at: now });
    return decision.kind === "renew";
  });
};

/** Decides for each license by itself, in the order in which was asked. */
const awardAll = (
  claims: readonly Claim[],
  { sessions, held, holding, undecided }: LockedSeats,
): { awarded: AwardedClaim[]; ended: string[] } => {
  const awarded: AwardedClaim[] = [];
  const ended: string[] = [];
  for (const [{ id, maxSeats }, ofLicense] of Map.groupBy(claims, ({ license }) => license)) {
    const expired = sessions.flatMap((session) =>
      session.licenseId === id && session.endReason === null && session.expired ? [session.id] : [],
    );
    const facts = { maxSeats, held: held.get(id) ?? 0, holding, expired };
    const decided = awardSeats(facts, ofLicense);
    ended.push(...decided.ended);
    for (const [index, claim] of ofLicense.entries()) {
      const award = decided.awards[index];
      if (!award) throw new Error("A claim was left undecided.");
      if (award.kind !== "exhausted" || !undecided.has(id)) awarded.push({ claim, award });
    }
  }
  return { awarded, ended };
};

/**
 * Judges requests. Those whose license or session somebody else has locked, and who would be refused for an
 * expired session that is, are missing from the answer where `skipLocked` says so; else the locks are waited for.
 */
export const judgeSeats = async (
  tx: KeyedTx,
  requests: readonly SeatRequest[],
  { skipLocked }: { readonly skipLocked: boolean },
): Promise<SeatJudgements> => {
  const judgements: SeatJudgements = new Map();
  const asked = [...new Set(requests.map(({ licenseId }) => licenseId))];
  const locked = await claimStore.lockLicenses(tx, asked, { skipLocked });
  const licenses = new Map(locked.map((license) => [license.id, license]));
  const licenseIds = [...licenses.keys()];

  const options = { skipLocked, now: tx.now };
  const { acquires, renewals } = admit(requests, licenses, options, judgements);
  const [acquiring, renewing, heldAtFirst] = await Promise.all([
    readAcquires(tx, acquires, judgements),
    readRenewals(tx, renewals, judgements),
    claimStore.countHeld(tx, licenseIds),
  ]);
  const read = [...acquiring, ...renewing];
  const seats = await lockSeats(tx, read, licenseIds, { heldAtFirst, skipLocked });
  const isFree = (claim: Claim): boolean =>
    !sessionIdsOf(claim).some((id) => seats.lockedElsewhere.has(id));

  const order = new Map(requests.map((request, index) => [request, index]));
  const placeOf = ({ request }: Claim): number => order.get(request) ?? 0;
  const claims = [
    ...acquiring.filter(isFree),
    ...decideRenewals(renewing.filter(isFree), seats, tx.now, judgements),
  ].toSorted((one, other) => placeOf(one) - placeOf(other));
  await writeAwards(tx, awardAll(claims, seats), judgements);
  return judgements;
};
