import type { AcquireSeat } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { Call } from "../call.ts";
import type { LeasedSession } from "./lease-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import type { MachineRow } from "./machine-store.ts";
import { recognizeMachine } from "./recognize-machine.ts";
import * as sessionEndStore from "./session-end-store.ts";
import * as sessionStore from "./session-store.ts";
import type { SessionRow } from "./session-store.ts";
import { barOf } from "./validation-rules.ts";
import type { LicenseBar } from "./validation-rules.ts";

type HeldSeats = Awaited<ReturnType<typeof sessionStore.listHeld>>;

export type Grant =
  | { readonly kind: "granted"; readonly session: LeasedSession; readonly usedSeats: number }
  | {
      readonly kind: "not_usable";
      readonly code: LicenseBar | "FINGERPRINT_BANNED" | "NO_MACHINE" | "NOT_FOUND";
    }
  | {
      readonly kind: "exhausted";
      readonly maxSeats: number;
      readonly usedSeats: number;
      /** Who holds them, for Redis, which may have refused by ghosts or reserved by a gap. */
      readonly seats: HeldSeats;
    };

/** A session with what its license and machine put into a lease. */
export const leasedSession = (
  session: SessionRow,
  license: LicenseRow,
  machine: MachineRow,
): LeasedSession => ({
  sessionId: session.id,
  licenseId: license.id,
  organizationId: license.organizationId,
  productId: license.productId,
  machineId: machine.id,
  fingerprint: machine.fingerprint,
  startedAt: session.startedAt,
  renewedAt: session.lastHeartbeatAt,
  expiresAt: session.expiresAt,
  seq: session.seq,
  features: license.features,
  limits: license.limits,
  maxSeats: license.maxSeats,
});

/**
 * PostgreSQL's judgement on one more seat, under the license's lock. Expired sessions hold their seats until
 * these are wanted: when all are held, the machine may have one of them, else what has expired ends and
 * is counted again, each in a statement of its own, so that it sees what the lock made it wait for.
 * Statements that need nothing of each other travel together. Refusals are answers, so that what was ended
 * stays ended.
 */
export const grantSeat = async (
  tx: Tx,
  call: Call,
  { id: licenseId, keyHash }: Pick<LicenseRow, "id" | "keyHash">,
  { fingerprint, components, appVersion }: Omit<AcquireSeat, "licenseKey">,
): Promise<Grant> => {
  const license = await licenseStore.lockLicense(tx, licenseId);
  // The license was found by a key that may have been rotated meanwhile, here or on another node.
  if (!license?.keyHash.equals(keyHash)) return { kind: "not_usable", code: "NOT_FOUND" };
  const bar = barOf(license, tx.now);
  if (bar) return { kind: "not_usable", code: bar };
  const [machine, heldAtFirst] = await Promise.all([
    recognizeMachine(tx, call, licenseId, { fingerprint, components }),
    sessionStore.countHeld(tx, licenseId),
  ]);
  if (!machine) return { kind: "not_usable", code: "NO_MACHINE" };
  if (machine.bannedAt) return { kind: "not_usable", code: "FINGERPRINT_BANNED" };

  const { maxSeats, organizationId } = license;
  const ofMachine = { licenseId, machineId: machine.id };
  const granted = async (renewed: Promise<SessionRow> | SessionRow): Promise<Grant> => {
    const [session, usedSeats] = await Promise.all([
      renewed,
      sessionStore.countUnexpired(tx, licenseId),
    ]);
    return { kind: "granted", session: leasedSession(session, license, machine), usedSeats };
  };
  if (heldAtFirst >= maxSeats) {
    const own = await sessionStore.renewOfMachine(tx, ofMachine);
    if (own) return granted(own);
    await sessionEndStore.endExpiredOfLicense(tx, licenseId);
    const held = await sessionStore.countHeld(tx, licenseId);
    if (held >= maxSeats) {
      const seats = await sessionStore.listHeld(tx, licenseId);
      return { kind: "exhausted", maxSeats, usedSeats: held, seats };
    }
  }
  return granted(
    sessionStore.holdSeat(tx, {
      ...ofMachine,
      organizationId,
      address: call.address,
      userAgent: call.userAgent,
      appVersion: appVersion ?? null,
    }),
  );
};
