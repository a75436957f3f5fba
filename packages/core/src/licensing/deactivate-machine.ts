import { DomainError, LicenseId, MachineId, SessionId } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { asMachine, findLicenseByTypedKey } from "./find-by-key.ts";
import * as machineStore from "./machine-store.ts";
import type { MachineRow } from "./machine-store.ts";
import * as sessionEndStore from "./session-end-store.ts";
import { lockLicense } from "./load-license.ts";

const takeOff = async (tx: Tx, call: Call, machine: MachineRow): Promise<void> => {
  const { id: machineId, licenseId, organizationId, name, fingerprint } = machine;
  await machineStore.updateMachine(tx, machineId, { deactivatedAt: tx.now });
  const ended = await sessionEndStore.endOfMachine(
    tx,
    { licenseId, machineId },
    "machine_deactivated",
  );
  const ids = { licenseId: LicenseId.parse(licenseId), machineId: MachineId.parse(machineId) };
  await audit(tx, call, {
    action: "machine.deactivate",
    target: { kind: "machine", id: machineId },
    organizationId,
    before: { licenseId, name, fingerprint },
    after: null,
  });
  await emit(tx, call, { type: "machine.deactivated", organizationId, payload: ids });
  for (const { id, endReason } of ended) {
    await emit(tx, call, {
      type: "session.ended",
      organizationId,
      payload: {
        licenseId: ids.licenseId,
        sessionId: SessionId.parse(id),
        reason: endReason ?? "machine_deactivated",
      },
    });
  }
};

/**
 * Takes the machine that asks off its license, also of one that may not run; its session ends. A machine
 * that is not on it changes nothing. Throws LICENSE_NOT_USABLE (NOT_FOUND).
 */
export const deactivateMachine =
  (deps: VerbDeps) =>
  async (
    call: Call,
    { licenseKey, fingerprint }: { licenseKey: string; fingerprint: string },
  ): Promise<null> => {
    const { id, organizationId } = await findLicenseByTypedKey(deps)(call, licenseKey);
    const asHolder = asMachine(call, { id, organizationId });
    const machine = await inTransaction(deps.database, asHolder, async (tx) => {
      await lockLicense(tx, id);
      const found = await machineStore.findMachineByFingerprint(tx, id, fingerprint);
      if (!found || found.deactivatedAt) return null;
      await takeOff(tx, asHolder, found);
      return found;
    });
    if (machine) {
      deps.keyHolders.forget(id);
      void deps.seatCache.release(id, [machine.id]);
    }
    return null;
  };

/** Takes any machine off a license of one's own organization. Throws FORBIDDEN, NOT_FOUND. */
export const removeMachine =
  (deps: VerbDeps) =>
  async (
    call: Call,
    { licenseId, machineId }: { licenseId: string; machineId: string },
  ): Promise<null> => {
    authorizeMember(call, "licenses:manage");
    await inTransaction(deps.database, call, async (tx) => {
      await lockLicense(tx, licenseId);
      const machine = await machineStore.findActiveMachine(tx, { licenseId, machineId });
      if (!machine) throw new DomainError("NOT_FOUND", {}, "This license has no such machine.");
      await takeOff(tx, call, machine);
    });
    deps.keyHolders.forget(licenseId);
    void deps.seatCache.release(licenseId, [machineId]);
    return null;
  };
