import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { matchMachine } from "./machine-rules.ts";
import type { PresentedMachine } from "./machine-rules.ts";
import * as machineStore from "./machine-store.ts";
import type { MachineRow } from "./machine-store.ts";

/** The machine that presents itself, by fingerprint, else by most of its components; null for none. */
export const findPresentedMachine = async (
  tx: Tx,
  licenseId: string,
  presented: PresentedMachine,
): Promise<MachineRow | null> => {
  const same = await machineStore.findMachineByFingerprint(tx, licenseId, presented.fingerprint);
  if (same || !presented.components) return same;
  const alike = await machineStore.listAlikeMachines(tx, licenseId, presented.components);
  return matchMachine(alike, presented)?.machine ?? null;
};

/**
 * The same under the license's lock: a machine known by its components takes on the fingerprint and
 * components that it presents, so that its next new part is recognised too, and the audit trail says so.
 */
export const recognizeMachine = async (
  tx: Tx,
  call: Call,
  licenseId: string,
  presented: PresentedMachine,
): Promise<MachineRow | null> => {
  const machine = await findPresentedMachine(tx, licenseId, presented);
  if (!machine || machine.bannedAt || machine.fingerprint === presented.fingerprint) return machine;
  const { fingerprint, components = {} } = presented;
  const moved = await machineStore.updateMachine(tx, machine.id, { fingerprint, components });
  await audit(tx, call, {
    action: "machine.recognize",
    target: { kind: "machine", id: machine.id },
    organizationId: machine.organizationId,
    before: { fingerprint: machine.fingerprint, components: machine.components },
    after: { fingerprint, components },
  });
  return moved;
};
