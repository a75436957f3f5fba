import type { AcquireSeat } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { Call } from "../call.ts";
import type { LeasedSession } from "./lease-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import type { MachineRow } from "./machine-store.ts";
import { recognizeMachine } from "./recognize-machine.ts";
import * as sessionStore from "./session-store.ts";
import type { SessionRow } from "./session-store.ts";
import { barOf } from "./validation-rules.ts";
import type { LicenseBar } from "./validation-rules.ts";

export type Grant =
  | { readonly kind: "granted"; readonly session: LeasedSession; readonly usedSeats: number }
  | {
      readonly kind: "not_usable";
      readonly code: LicenseBar | "FINGERPRINT_BANNED" | "NO_MACHINE" | "NOT_FOUND";
    }
  | { readonly kind: "exhausted"; readonly maxSeats: number; readonly usedSeats: number };

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
 * PostgreSQL's judgement on one more seat: under the license's lock it first gives the machine its own
 * session back, then ends what has expired, and only then counts, in a statement of its own, so that it
 * sees what the lock made it wait for. Refusals are answers, so that what was ended stays ended.
 */
export const grantSeat = async (
  tx: Tx,
  call: Call,
  licenseId: string,
  { fingerprint, components, appVersion }: Omit<AcquireSeat, "licenseKey">,
): Promise<Grant> => {
  const license = await licenseStore.lockLicense(tx, licenseId);
  if (!license) return { kind: "not_usable", code: "NOT_FOUND" };
  const bar = barOf(license, tx.now);
  if (bar) return { kind: "not_usable", code: bar };
  const machine = await recognizeMachine(tx, call, licenseId, { fingerprint, components });
  if (!machine) return { kind: "not_usable", code: "NO_MACHINE" };
  if (machine.bannedAt) return { kind: "not_usable", code: "FINGERPRINT_BANNED" };

  const own = await sessionStore.renewOfMachine(tx, { licenseId, machineId: machine.id });
  if (!own) await sessionStore.endExpiredOfLicense(tx, licenseId);
  const held = await sessionStore.countHeld(tx, licenseId);
  if (own) {
    return { kind: "granted", session: leasedSession(own, license, machine), usedSeats: held };
  }
  const { maxSeats } = license;
  if (held >= maxSeats) return { kind: "exhausted", maxSeats, usedSeats: held };
  const session = await sessionStore.insertSession(tx, {
    organizationId: license.organizationId,
    licenseId,
    machineId: machine.id,
    address: call.address,
    userAgent: call.userAgent,
    appVersion: appVersion ?? null,
  });
  return {
    kind: "granted",
    session: leasedSession(session, license, machine),
    usedSeats: held + 1,
  };
};
