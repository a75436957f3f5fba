import { LicenseId, MachineId } from "@latchkey/contracts";
import type { ActivateMachine, LicenseSummary, Machine } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { fingerprintHash } from "@latchkey/license-crypto";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction, joining } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describeToKeyHolder, toMachine } from "./answer-shapes.ts";
import { asMachine, findLicenseByTypedKey, noSuchKey } from "./find-by-key.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import type { MachineRow } from "./machine-store.ts";
import { recognizeMachine } from "./recognize-machine.ts";
import { barOf } from "./validation-rules.ts";
import type { LicenseBar } from "./validation-rules.ts";

type Activation =
  | { readonly kind: "active"; readonly machine: MachineRow; readonly license: LicenseRow }
  | {
      readonly kind: "refused";
      readonly code: LicenseBar | "FINGERPRINT_BANNED" | "MACHINE_LIMIT" | "NOT_FOUND";
    };

const register = async (
  tx: Tx,
  call: Call,
  license: LicenseRow,
  { fingerprint, components = {}, name, platform, appVersion }: ActivateMachine,
): Promise<MachineRow> => {
  const machine = await machineStore.insertMachine(tx, {
    id: newId(),
    organizationId: license.organizationId,
    licenseId: license.id,
    fingerprint,
    components,
    name: name?.trim() || `Machine ${fingerprint.slice(0, 8)}`,
    platform: platform ?? null,
    appVersion: appVersion ?? null,
    activatedAt: tx.now,
    lastSeenAt: tx.now,
  });
  await audit(tx, call, {
    action: "machine.activate",
    target: { kind: "machine", id: machine.id },
    organizationId: license.organizationId,
    after: { licenseId: license.id, name: machine.name, fingerprint, platform, appVersion },
  });
  await emit(tx, call, {
    type: "machine.activated",
    organizationId: license.organizationId,
    payload: { licenseId: LicenseId.parse(license.id), machineId: MachineId.parse(machine.id) },
  });
  return machine;
};

const activate = async (
  tx: Tx,
  call: Call,
  licenseId: string,
  input: ActivateMachine,
): Promise<Activation> => {
  const license = await licenseStore.lockLicense(tx, licenseId);
  if (!license) return { kind: "refused", code: "NOT_FOUND" };
  const bar = barOf(license, tx.now);
  if (bar) return { kind: "refused", code: bar };
  const known = await recognizeMachine(tx, call, licenseId, input);
  if (known?.bannedAt) return { kind: "refused", code: "FINGERPRINT_BANNED" };
  if (known) {
    const { components, name, platform, appVersion } = input;
    const machine = await machineStore.updateMachine(tx, known.id, {
      lastSeenAt: tx.now,
      ...(components && { components }),
      ...(name?.trim() && { name: name.trim() }),
      ...(platform && { platform }),
      ...(appVersion !== undefined && { appVersion }),
    });
    return { kind: "active", machine, license };
  }
  const used = await machineStore.countActiveMachines(tx, licenseId);
  if (license.maxMachines !== null && used >= license.maxMachines) {
    return { kind: "refused", code: "MACHINE_LIMIT" };
  }
  return { kind: "active", machine: await register(tx, call, license, input), license };
};

/**
 * Makes a machine one of the license's. Repeating it changes nothing but what the machine says of
 * itself; one that is known by most of its components stays the same machine. Throws LICENSE_NOT_USABLE
 * with the validation code, signed where a license stands behind the key.
 */
export const activateMachine =
  (deps: VerbDeps) =>
  async (
    call: Call,
    input: ActivateMachine,
  ): Promise<{ license: LicenseSummary; machine: Machine }> => {
    const { id, productId, organizationId } = await findLicenseByTypedKey(deps)(
      call,
      input.licenseKey,
    );
    const asHolder = asMachine(call, { id, organizationId });
    return inTransaction(deps.database, asHolder, async (tx) => {
      const activation = await activate(tx, asHolder, id, input);
      if (activation.kind === "active") {
        const { license, machine } = activation;
        return {
          license: await describeToKeyHolder(deps, tx, asHolder, license),
          machine: toMachine(machine),
        };
      }
      const { code } = activation;
      if (code === "NOT_FOUND") throw noSuchKey();
      throw await deps.refusals.notUsable(
        {
          licenseId: id,
          productId,
          fingerprintHash: fingerprintHash(input.fingerprint, productId),
          at: tx.now,
          call: joining(asHolder, tx),
        },
        code,
      );
    });
  };
