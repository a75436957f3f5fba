import { LicenseId } from "@latchkey/contracts";
import type { RotatedKey } from "@latchkey/contracts";
import { audit } from "../audit/audit.ts";
import { authorizeMember, authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { makeLicenseKey } from "./issue-license.ts";
import * as licenseStore from "./license-store.ts";
import { lockLicense } from "./load-license.ts";

const rotate = async (
  deps: VerbDeps,
  call: Call,
  licenseId: string,
  reason: string | null,
): Promise<RotatedKey> => {
  const rotated = await inTransaction(deps.database, call, async (tx) => {
    const { organizationId, keyPrefix, keyLastFour } = await lockLicense(tx, licenseId);
    const { key, stored } = makeLicenseKey(deps, keyPrefix);
    await licenseStore.updateLicense(tx, licenseId, { ...stored, keyRotatedAt: tx.now });
    await audit(tx, call, {
      action: "license.rotate_key",
      target: { kind: "license", id: licenseId },
      organizationId,
      before: { keyLastFour },
      after: { keyLastFour: stored.keyLastFour, ...(reason !== null && { reason }) },
    });
    await emit(tx, call, {
      type: "license.key_rotated",
      organizationId,
      payload: { licenseId: LicenseId.parse(licenseId) },
    });
    return { licenseKey: key, rotatedAt: tx.now.toISOString() };
  });
  deps.keyHolders.forget(licenseId);
  return rotated;
};

/**
 * Replaces a leaked key of one's own organization: the old one stops at once, on every node; machines
 * and sessions stay. Throws FORBIDDEN, NOT_FOUND.
 */
export const rotateKey =
  (deps: VerbDeps) =>
  async (call: Call, { licenseId }: { licenseId: string }): Promise<RotatedKey> => {
    authorizeMember(call, "licenses:rotate");
    return rotate(deps, call, licenseId, null);
  };

/** The same by staff, who are not shown the key: a mail brings it to the owner. Throws FORBIDDEN, NOT_FOUND. */
export const rotateKeyByStaff =
  (deps: VerbDeps) =>
  async (
    call: Call,
    { licenseId, reason }: { licenseId: string; reason: string },
  ): Promise<Omit<RotatedKey, "licenseKey">> => {
    authorizeStaff(call, "staff:support");
    const { rotatedAt } = await rotate(deps, call, licenseId, reason);
    return { rotatedAt };
  };
