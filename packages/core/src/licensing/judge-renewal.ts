import type { Tx } from "@latchkey/db";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { leasedSession } from "./grant-seat.ts";
import * as licenseStore from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import type { RenewedSession } from "./renew-sessions.ts";
import { decideRenewal } from "./seat-rules.ts";
import type { RenewalDecision } from "./seat-rules.ts";
import * as sessionEndStore from "./session-end-store.ts";
import * as sessionStore from "./session-store.ts";
import { barOf } from "./validation-rules.ts";

interface Judgement {
  readonly organizationId: string;
  readonly at: Date;
}

export type JudgedRenewal =
  | ({ readonly kind: "renewed" } & RenewedSession)
  | (Extract<RenewalDecision, { kind: "not_usable" | "ended" }> & Judgement)
  | ({
      readonly kind: "exhausted";
      readonly maxSeats: number;
      readonly usedSeats: number;
    } & Judgement);

/**
 * Looks closer, under the license's lock, at a heartbeat whose session did not simply move. Null when
 * there is no such session, as after a database was restored to an earlier hour.
 */
export const judgeRenewal = async (
  tx: Tx,
  claims: Pick<LeaseClaims, "sid" | "sub">,
): Promise<JudgedRenewal | null> => {
  const { sid, sub } = claims;
  const license = await licenseStore.lockLicense(tx, sub);
  // This session too, if it has expired: several are locked in one order alone, that of their ids.
  if (license) await sessionEndStore.endExpiredOfLicense(tx, sub);
  const session = license && (await sessionStore.findSession(tx, sid));
  const machine = session && (await machineStore.findMachine(tx, session.machineId));
  if (!license || !session || !machine || session.licenseId !== sub) return null;

  const usedSeats = await sessionStore.countHeld(tx, sub);
  const { maxSeats, organizationId } = license;
  const decision = decideRenewal({
    bar: barOf(license, tx.now),
    machineBanned: machine.bannedAt !== null,
    machineDeactivated: machine.deactivatedAt !== null,
    endReason: session.endReason,
    machineHasOther: await sessionStore.machineHasOther(tx, session),
    usedSeats,
    maxSeats,
  });
  const judgement = { organizationId, at: tx.now };
  if (decision.kind === "exhausted") return { ...decision, ...judgement, maxSeats, usedSeats };
  if (decision.kind !== "renew") return { ...decision, ...judgement };
  const revived = await sessionStore.revive(tx, sid);
  // Released or ended since it was read, which takes no lock on the license: the end stands.
  if (!revived) return judgeRenewal(tx, claims);
  return {
    kind: "renewed",
    session: leasedSession(revived, license, machine),
    usedSeats: session.endedAt ? usedSeats + 1 : usedSeats,
  };
};
