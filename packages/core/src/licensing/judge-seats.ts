/**
 * PostgreSQL's judgement on the claims of many machines at once: who acquires, and whose heartbeat found its
 * session gone. One transaction locks the licenses, reads what the claims are about, locks their sessions,
 * and counts; `awardSeats` decides for each license by itself; then everything is written together.
 *
 * Locks are taken in this order, as everywhere: licenses by id, then sessions by id, all by one statement.
 * What is written after that is locked already, or new. Refusals are answers, so that what was ended stays
 * ended.
 */
import type { AcquireSeat, SessionEndReason } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { CountedSeat } from "@latchkey/redis";
import type { Call } from "../call.ts";
import { awardSeats, machinesInWant } from "./award-seats.ts";
import type { SeatAward, SeatClaim } from "./award-seats.ts";
import { asMachine } from "./find-by-key.ts";
import type { LeasedSession } from "./lease-rules.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import { recognizeMachine } from "./recognize-machine.ts";
import * as claimStore from "./seat-claim-store.ts";
import { decideRenewal } from "./seat-rules.ts";
import * as sessionEndStore from "./session-end-store.ts";
import type { SessionRow } from "./session-store.ts";
import { barOf } from "./validation-rules.ts";
import type { LicenseBar } from "./validation-rules.ts";

export type SeatRequest =
  | {
      readonly kind: "acquire";
      readonly licenseId: string;
      /** Of the key that the license was found by, which may have been rotated meanwhile. */
      readonly keyHash: Buffer;
      readonly input: Omit<AcquireSeat, "licenseKey">;
      readonly call: Call;
      /** Null where it is not known, or not yet. */
      readonly machineId: string | null;
    }
  | { readonly kind: "renew"; readonly licenseId: string; readonly sessionId: string };

export type SeatJudgement =
  | { readonly kind: "granted"; readonly session: LeasedSession; readonly usedSeats: number }
  | {
      readonly kind: "not_usable";
      readonly code: LicenseBar | "FINGERPRINT_BANNED" | "NO_MACHINE";
      readonly organizationId: string;
      readonly at: Date;
    }
  | {
      readonly kind: "ended";
      readonly endReason: SessionEndReason;
      readonly organizationId: string;
      readonly at: Date;
    }
  | {
      readonly kind: "exhausted";
      readonly license: Pick<LicenseRow, "id" | "organizationId" | "keyHash" | "maxSeats">;
      readonly machineId: string;
      readonly usedSeats: number;
      /** Who holds them, by one list for all that were judged together. */
      readonly seats: readonly CountedSeat[];
      /** Its active machines by fingerprint, the newest thousand. */
      readonly machineIds: ReadonlyMap<string, string>;
      readonly at: Date;
    }
  /** No such license or session, or another key: as after a database was restored to an earlier hour. */
  | { readonly kind: "unknown" };

interface ClaimingMachine {
  readonly id: string;
  readonly fingerprint: string;
}

/** A claim that only the number of seats decides. */
interface Claim extends SeatClaim {
  readonly request: SeatRequest;
  readonly license: LicenseRow;
  readonly machine: ClaimingMachine;
  /** By which the machine holds a seat, as it was read before it was locked. */
  readonly holdingId: string | null;
}

type Judgements = Map<SeatRequest, SeatJudgement>;

const leasedSession = (
  session: SessionRow,
  license: LicenseRow,
  { id, fingerprint }: ClaimingMachine,
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

const keyOf = ({ licenseId, fingerprint }: { licenseId: string; fingerprint: string }): string =>
  `${licenseId} ${fingerprint}`;

type Acquire = Extract<SeatRequest, { kind: "acquire" }>;
type Renew = Extract<SeatRequest, { kind: "renew" }>;

/** Finds the machines that acquire, and judges those that may not. */
const readAcquires = async (
  tx: Tx,
  requests: readonly (readonly [Acquire, LicenseRow])[],
  judgements: Judgements,
): Promise<Claim[]> => {
  if (requests.length === 0) return [];
  const presented = await claimStore.listPresented(
    tx,
    requests.map(([{ licenseId, input }]) => ({ licenseId, fingerprint: input.fingerprint })),
  );
  const known = new Map<string, (typeof presented)[number]>();
  // A barred machine before all.
  for (const row of presented) {
    if (row.bannedAt !== null || !known.has(keyOf(row))) known.set(keyOf(row), row);
  }
  const claims: Claim[] = [];
  for (const [request, license] of requests) {
    const { input, licenseId } = request;
    const { fingerprint, components } = input;
    const refuse = (code: "FINGERPRINT_BANNED" | "NO_MACHINE") => {
      const { organizationId } = license;
      judgements.set(request, { kind: "not_usable", code, organizationId, at: tx.now });
    };
    const found = known.get(keyOf({ licenseId, fingerprint }));
    const machine =
      found ??
      (components &&
        (await recognizeMachine(tx, asMachine(request.call, license), licenseId, {
          fingerprint,
          components,
        })));
    if (!machine) refuse("NO_MACHINE");
    else if (machine.bannedAt) refuse("FINGERPRINT_BANNED");
    else {
      const { id: machineId } = machine;
      const holdingId = found
        ? found.sessionId
        : await claimStore.findHolding(tx, { licenseId, machineId });
      claims.push({ request, license, machine, machineId, sessionId: null, holdingId });
    }
  }
  return claims;
};

/** Finds the sessions whose heartbeats want them back, with what else is known of them. */
const readRenewals = async (
  tx: Tx,
  requests: readonly (readonly [Renew, LicenseRow])[],
  judgements: Judgements,
): Promise<(Claim & { readonly barred: boolean; readonly deactivated: boolean })[]> => {
  if (requests.length === 0) return [];
  const ids = [...new Set(requests.map(([{ sessionId }]) => sessionId))];
  const rows = new Map((await claimStore.listClaimed(tx, ids)).map((row) => [row.id, row]));
  return requests.flatMap(([request, license]) => {
    const row = rows.get(request.sessionId);
    if (row?.licenseId !== request.licenseId) {
      judgements.set(request, { kind: "unknown" });
      return [];
    }
    const { machineId, fingerprint, holdingId, bannedAt, deactivatedAt } = row;
    return {
      request,
      license,
      machine: { id: machineId, fingerprint },
      machineId,
      sessionId: row.id,
      holdingId,
      barred: bannedAt !== null,
      deactivated: deactivatedAt !== null,
    };
  });
};

/**
 * Judges requests. Those whose license somebody else has locked are missing from the answer where
 * `skipLocked` says so; else their locks are waited for.
 */
export const judgeSeats = async (
  tx: Tx,
  requests: readonly SeatRequest[],
  { skipLocked }: { readonly skipLocked: boolean },
): Promise<Judgements> => {
  const judgements: Judgements = new Map();
  const licenseIds = [...new Set(requests.map(({ licenseId }) => licenseId))];
  const locked = await claimStore.lockLicenses(tx, licenseIds, { skipLocked });
  const licenses = new Map(locked.map((license) => [license.id, license]));

  const acquires: [Acquire, LicenseRow][] = [];
  const renewals: [Renew, LicenseRow][] = [];
  for (const request of requests) {
    const license = licenses.get(request.licenseId);
    const bar = license && barOf(license, tx.now);
    if (!license) {
      if (!skipLocked) judgements.set(request, { kind: "unknown" });
    } else if (request.kind === "acquire" && !license.keyHash.equals(request.keyHash)) {
      judgements.set(request, { kind: "unknown" });
    } else if (request.kind === "renew") renewals.push([request, license]);
    else if (bar) {
      const { organizationId } = license;
      judgements.set(request, { kind: "not_usable", code: bar, organizationId, at: tx.now });
    } else acquires.push([request, license]);
  }

  const [acquiring, renewing, heldAtFirst] = await Promise.all([
    readAcquires(tx, acquires, judgements),
    readRenewals(tx, renewals, judgements),
    claimStore.countHeld(tx, [...licenses.keys()]),
  ]);
  const read = [...acquiring, ...renewing];
  const inWant = new Map(
    [...Map.groupBy(read, ({ license }) => license)].map(([license, claims]) => {
      const holding = new Map(
        claims.flatMap(({ machineId, holdingId }) =>
          holdingId === null ? [] : [[machineId, holdingId] as const],
        ),
      );
      return [license, machinesInWant(holding, claims).length];
    }),
  );
  const short = [...inWant].flatMap(([{ id, maxSeats }, wanted]) =>
    wanted > maxSeats - (heldAtFirst.get(id) ?? 0) ? [id] : [],
  );
  const concerned = new Set([
    ...read.flatMap(({ holdingId }) => holdingId ?? []),
    ...renewing.map(({ sessionId }) => sessionId ?? ""),
    ...(short.length === 0 ? [] : await claimStore.listExpired(tx, short)),
  ]);
  // Counted once more behind the locks, so that the count is of what the locks made it wait for.
  const [lockedSessions, held] =
    concerned.size === 0
      ? [[], heldAtFirst]
      : await Promise.all([
          claimStore.lockSessions(tx, [...concerned]),
          claimStore.countHeld(tx, [...licenses.keys()]),
        ]);
  const sessionOf = new Map(lockedSessions.map((session) => [session.id, session]));
  const holdingOf = new Map(
    lockedSessions.flatMap(({ id, machineId, endReason }) =>
      endReason === null ? [[machineId, id] as const] : [],
    ),
  );

  const claims: Claim[] = [...acquiring];
  for (const renewal of renewing) {
    const { request, license, machineId, sessionId, barred, deactivated } = renewal;
    const holdingId = holdingOf.get(machineId);
    const decision = decideRenewal({
      bar: barOf(license, tx.now),
      machineBanned: barred,
      machineDeactivated: deactivated,
      endReason: sessionOf.get(sessionId ?? "")?.endReason ?? null,
      machineHasOther: holdingId !== undefined && holdingId !== sessionId,
    });
    if (decision.kind === "renew") claims.push(renewal);
    else {
      const { organizationId } = license;
      judgements.set(request, { ...decision, organizationId, at: tx.now });
    }
  }

  const order = new Map(requests.map((request, index) => [request, index]));
  const placeOf = ({ request }: Claim): number => order.get(request) ?? 0;
  const ended: string[] = [];
  const renewed = new Set<string>();
  const opened = new Map<string, Claim>();
  const awarded: { claim: Claim; award: SeatAward }[] = [];
  for (const [license, ofLicense] of Map.groupBy(claims, ({ license: of }) => of)) {
    const inOrder = ofLicense.toSorted((one, other) => placeOf(one) - placeOf(other));
    const decided = awardSeats(
      {
        maxSeats: license.maxSeats,
        held: held.get(license.id) ?? 0,
        holding: holdingOf,
        expired: lockedSessions.flatMap(({ id, licenseId, endReason, expired }) =>
          licenseId === license.id && endReason === null && expired ? [id] : [],
        ),
      },
      inOrder,
    );
    ended.push(...decided.ended);
    inOrder.forEach((claim, index) => {
      const award = decided.awards[index];
      if (!award) throw new Error("A claim was left undecided.");
      awarded.push({ claim, award });
      if (award.kind === "renewed") renewed.add(award.sessionId);
      if (award.kind === "opened" && !opened.has(claim.machineId)) {
        opened.set(claim.machineId, claim);
      }
    });
  }

  const idsOf = (kind: "granted" | "exhausted"): string[] => [
    ...new Set(
      awarded.flatMap(({ award, claim }) =>
        (kind === "exhausted") === (award.kind === "exhausted") ? [claim.license.id] : [],
      ),
    ),
  ];
  const [grantedIds, exhaustedIds] = [idsOf("granted"), idsOf("exhausted")];
  const [, renewedRows, openedRows] = await Promise.all([
    ended.length === 0 ? [] : sessionEndStore.endSessions(tx, ended, "expired"),
    renewed.size === 0 ? [] : claimStore.renewLocked(tx, [...renewed]),
    opened.size === 0
      ? []
      : claimStore.openSessions(
          tx,
          [...opened.values()].map(({ request, license, machineId }) => {
            const call = request.kind === "acquire" ? request.call : null;
            return {
              organizationId: license.organizationId,
              licenseId: license.id,
              machineId,
              address: call?.address ?? null,
              userAgent: call?.userAgent ?? null,
              appVersion: request.kind === "acquire" ? (request.input.appVersion ?? null) : null,
            };
          }),
        ),
  ]);
  // Behind the writes: what is asked together is not sent in the order in which it stands here.
  const [used, seats, machineIds] = await Promise.all([
    grantedIds.length === 0 ? new Map<string, number>() : claimStore.countUnexpired(tx, grantedIds),
    exhaustedIds.length === 0
      ? new Map<string, readonly CountedSeat[]>()
      : claimStore.listSeats(tx, exhaustedIds),
    exhaustedIds.length === 0
      ? new Map<string, ReadonlyMap<string, string>>()
      : machineStore.listMachineIdsOf(tx, exhaustedIds),
  ]);

  const rowOfSession = new Map(renewedRows.map((row) => [row.id, row]));
  const rowOfMachine = new Map(openedRows.map((row) => [row.machineId, row]));
  const nobody: readonly CountedSeat[] = [];
  for (const { claim, award } of awarded) {
    const { request, license, machine, machineId } = claim;
    if (award.kind === "exhausted") {
      judgements.set(request, {
        kind: "exhausted",
        license,
        machineId,
        usedSeats: license.maxSeats,
        seats: seats.get(license.id) ?? nobody,
        machineIds: machineIds.get(license.id) ?? new Map(),
        at: tx.now,
      });
    } else if (award.kind === "superseded") {
      const { organizationId } = license;
      judgements.set(request, { kind: "ended", endReason: "expired", organizationId, at: tx.now });
    } else {
      const row =
        award.kind === "renewed" ? rowOfSession.get(award.sessionId) : rowOfMachine.get(machineId);
      if (!row) throw new Error("PostgreSQL lost a session that was just granted.");
      const session = leasedSession(row, license, machine);
      judgements.set(request, { kind: "granted", session, usedSeats: used.get(license.id) ?? 1 });
    }
  }
  return judgements;
};
