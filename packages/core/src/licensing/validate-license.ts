import type { ValidateLicense, Validation, ValidationCode } from "@latchkey/contracts";
import type { KeyedTx, Tx } from "@latchkey/db";
import type { Call } from "../call.ts";
import { inKeyedTransaction, inTransaction, joining } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describeToKeyHolder } from "./answer-shapes.ts";
import { asMachine, lookingUp } from "./find-by-key.ts";
import { readTypedKey } from "./license-key-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import * as machineStore from "./machine-store.ts";
import type { MachineRow } from "./machine-store.ts";
import { findPresentedMachine } from "./recognize-machine.ts";
import * as claimStore from "./seat-claim-store.ts";
import { detailOf, isValid, judge } from "./validation-rules.ts";
import type { MachineStanding, ValidationFacts } from "./validation-rules.ts";

const answer = (code: ValidationCode, detail: string = detailOf(code)): Validation => ({
  valid: isValid(code),
  code,
  detail,
});

const standingOf = (machine: MachineRow | null): MachineStanding => {
  if (machine === null) return "unknown";
  return machine.bannedAt ? "banned" : "active";
};

/**
 * Says whether a license may run, on this machine where one is named. A no is an answer. Changes nothing
 * and holds no seat. Throws RATE_LIMITED.
 */
export const validateLicense = (deps: VerbDeps) => {
  const { catalog, database, rateLimits, vault } = deps;

  const matchesProduct = async (
    tx: Tx,
    call: Call,
    { productId, planVersionId }: LicenseRow,
    wanted: string | undefined,
  ): Promise<boolean> => {
    if (wanted === undefined) return true;
    const plans = await catalog.describePlanVersions(joining(call, tx), [planVersionId]);
    return wanted === productId || wanted === plans.get(planVersionId)?.product.slug;
  };

  const gather = async (
    tx: KeyedTx,
    call: Call,
    license: LicenseRow,
    { product, fingerprint, components, features = [] }: ValidateLicense,
  ): Promise<ValidationFacts> => {
    const machine =
      fingerprint === undefined
        ? null
        : await findPresentedMachine(tx, license.id, { fingerprint, components });
    const seats = (await claimStore.listSeats(tx, [license.id])).get(license.id) ?? [];
    return {
      license,
      productMatches: await matchesProduct(tx, call, license, product),
      features: license.features,
      wantedFeatures: features,
      machine: fingerprint === undefined ? null : standingOf(machine),
      usedMachines: await machineStore.countActiveMachines(tx, license.id),
      maxMachines: license.maxMachines,
      seatAvailable:
        seats.length < license.maxSeats || seats.some(({ machineId }) => machineId === machine?.id),
    };
  };

  return async (call: Call, input: ValidateLicense): Promise<Validation> => {
    const typed = readTypedKey(input.licenseKey);
    if (!typed.ok) return answer("NOT_FOUND", typed.detail);
    const hash = vault.hash("license-key", typed.key);
    const license = await inTransaction(database, lookingUp(call), (tx) =>
      licenseStore.findLicenseByKeyHash(tx, hash),
    );
    if (!license) return answer("NOT_FOUND");
    await rateLimits.validate({ licenseId: license.id, address: call.address });
    const asHolder = asMachine(call, license);
    return inKeyedTransaction(database, asHolder, async (tx) => {
      const facts = await gather(tx, asHolder, license, input);
      const described = await describeToKeyHolder(deps, tx, asHolder, license);
      return { ...answer(judge(facts, tx.now)), license: described };
    });
  };
};
