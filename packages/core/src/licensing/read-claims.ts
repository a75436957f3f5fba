import type { KeyedTx } from "@latchkey/db";
import type { SeatClaim } from "./award-seats.ts";
import type { LicenseRow } from "./license-store.ts";
import * as claimStore from "./seat-claim-store.ts";
import type { AcquireRequest, RenewRequest, SeatJudgements, SeatRequest } from "./seat-requests.ts";

/** A request whose license is locked and usable, as far as that is known yet. */
export type Admitted<Request> = readonly [request: Request, license: LicenseRow];

/** A claim that only the number of seats decides. */
export interface Claim extends SeatClaim {
  readonly request: SeatRequest;
  readonly license: LicenseRow;
  readonly machine: { readonly id: string; readonly fingerprint: string };
  /** By which the machine holds a seat, as it was read before it was locked. */
  readonly holdingId: string | null;
}

/** A claim to a session that may have ended otherwise than by expiring. */
export interface RenewalClaim extends Claim {
  readonly sessionId: string;
  readonly barred: boolean;
  readonly deactivated: boolean;
}

const keyOf = ({ licenseId, fingerprint }: { licenseId: string; fingerprint: string }): string =>
  `${licenseId} ${fingerprint}`;

/** Finds the machines that acquire, and judges those that may not. */
export const readAcquires = async (
  tx: KeyedTx,
  requests: readonly Admitted<AcquireRequest>[],
  judgements: SeatJudgements,
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
    const refuse = (code: "FINGERPRINT_BANNED" | "NO_MACHINE") =>
      judgements.set(request, { kind: "not_usable", code, at: tx.now });
    const machine = known.get(keyOf({ licenseId, fingerprint: input.fingerprint }));
    if (!machine) refuse("NO_MACHINE");
    else if (machine.bannedAt) refuse("FINGERPRINT_BANNED");
    else {
      const { id: machineId, sessionId: holdingId } = machine;
      claims.push({ request, license, machine, machineId, sessionId: null, holdingId });
    }
  }
  return claims;
};

/** Finds the sessions whose heartbeats want them back, with what else is known of them. */
export const readRenewals = async (
  tx: KeyedTx,
  requests: readonly Admitted<RenewRequest>[],
  judgements: SeatJudgements,
): Promise<RenewalClaim[]> => {
  if (requests.length === 0) return [];
  const ids = [...new Set(requests.map(([{ sessionId }]) => sessionId))];
  const rows = new Map((await claimStore.listClaimed(tx, ids)).map((row) => [row.id, row]));
  return requests.flatMap(([request, license]) => {
    const row = rows.get(request.sessionId);
    if (row?.licenseId !== request.licenseId) {
      judgements.set(request, { kind: "unknown" });
      return [];
    }
    const { id: sessionId, machineId, fingerprint, holdingId, bannedAt, deactivatedAt } = row;
    return {
      request,
      license,
      machine: { id: machineId, fingerprint },
      machineId,
      sessionId,
      holdingId,
      barred: bannedAt !== null,
      deactivated: deactivatedAt !== null,
    };
  });
};
