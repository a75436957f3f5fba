import { LicenseId } from "@latchkey/contracts";
import type { SessionEndReason } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { deriveLicense } from "./derive-license-rules.ts";
import type { LicenseFacts } from "./derive-license-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import * as sessionEndStore from "./session-end-store.ts";
import * as sessionStore from "./session-store.ts";
import { barOf, endReasonOf } from "./validation-rules.ts";

/** What a license may be told: facts, and on a change of plan what it grants. */
export type LicenseChanges = Partial<Omit<LicenseFacts, "subscriptionId">> &
  Partial<
    Pick<LicenseRow, "trial" | "planVersionId" | "maxSeats" | "maxMachines" | "features" | "limits">
  >;

export interface Settled {
  readonly license: LicenseRow;
  /** Machines whose sessions ended, for Redis to forget. */
  readonly endedMachineIds: readonly string[];
}

const eventOf = (before: LicenseRow, after: LicenseRow) => {
  if (before.status === after.status) return null;
  if (after.status === "revoked") return "license.revoked";
  if (after.status === "suspended") return "license.suspended";
  if (after.status === "expired") return "license.expired";
  return before.status === "suspended" || before.status === "expired" ? "license.reinstated" : null;
};

const shownOf = ({
  status,
  trial,
  maxSeats,
  planVersionId,
  expiresAt,
  graceEndsAt,
}: LicenseRow) => ({
  status,
  trial,
  maxSeats,
  planVersionId,
  expiresAt,
  graceEndsAt,
});

const endSessionsOf = async (tx: Tx, license: LicenseRow): Promise<string[]> => {
  const bar = barOf(license, tx.now);
  const reason: SessionEndReason = bar ? endReasonOf(bar) : "seats_reduced";
  if (bar) {
    const ended = await sessionEndStore.endAllOfLicense(tx, license.id, reason);
    return ended.map(({ machineId }) => machineId);
  }
  const excess = (await sessionStore.countHeldByLicense(tx, license.id)) - license.maxSeats;
  if (excess <= 0) return [];
  const tooMany = await sessionStore.listFirstToEnd(tx, license.id, excess);
  const ended = await sessionEndStore.endSessions(tx, tooMany, reason);
  return ended.map(({ machineId }) => machineId);
};

/**
 * Writes what changed of a locked license, derives from it what the license is, ends the sessions that it
 * may no longer have, audits, and tells the world of a new status. The only place that sets a status.
 * Sessions that end with their license are told by the license's event alone: one for each would flood.
 */
export const settleLicense = async (
  tx: Tx,
  call: Call,
  before: LicenseRow,
  changes: LicenseChanges,
  { action, reason }: { readonly action: string; readonly reason?: string },
): Promise<Settled> => {
  const derived = deriveLicense({ ...before, ...changes }, tx.now);
  const license = await licenseStore.updateLicense(tx, before.id, { ...changes, ...derived });
  const endedMachineIds = await endSessionsOf(tx, license);
  await audit(tx, call, {
    action,
    target: { kind: "license", id: license.id },
    organizationId: license.organizationId,
    before: shownOf(before),
    after: { ...shownOf(license), ...(reason !== undefined && { reason }) },
  });
  const type = eventOf(before, license);
  if (type) {
    await emit(tx, call, {
      type,
      organizationId: license.organizationId,
      payload: { licenseId: LicenseId.parse(license.id) },
    });
  }
  return { license, endedMachineIds };
};
