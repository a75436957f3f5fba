import { DomainError } from "@latchkey/contracts";
import type { AdminLicense, StaffPermission } from "@latchkey/contracts";
import { authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { getForStaff } from "./admin-licenses.ts";
import type { VerbDeps } from "./deps.ts";
import type { LicenseRow } from "./license-store.ts";
import { lockLicense } from "./load-license.ts";
import { settleLicense } from "./settle-license.ts";
import type { LicenseChanges } from "./settle-license.ts";

interface Override {
  readonly licenseId: string;
  /** Why; the audit trail keeps it. */
  readonly reason: string;
}

/** What the override writes, or null when the license is so already. Throws CONFLICT. */
type Decide = (license: LicenseRow, now: Date) => LicenseChanges | null;

const override =
  (permission: StaffPermission, action: string, decide: Decide) =>
  (deps: VerbDeps) =>
  async (call: Call, { licenseId, reason }: Override): Promise<AdminLicense> => {
    authorizeStaff(call, permission);
    const { after, endedMachineIds } = await inTransaction(deps.database, call, async (tx) => {
      const before = await lockLicense(tx, licenseId);
      const changes = decide(before, tx.now);
      const settled =
        changes && (await settleLicense(tx, call, before, changes, { action, reason }));
      const after = await getForStaff(deps, tx, call, licenseId);
      return { after, endedMachineIds: settled?.endedMachineIds ?? [] };
    });
    deps.keyHolders.forget(licenseId);
    void deps.seatCache.release(licenseId, endedMachineIds);
    return after;
  };

const refuseRevoked = ({ revokedAt }: LicenseRow): void => {
  if (!revokedAt) return;
  throw new DomainError(
    "CONFLICT",
    { remedy: "Issue a new license." },
    "This license was revoked, which is for good.",
  );
};

/** Suspends a license; its sessions end. Repeating it changes nothing. Throws FORBIDDEN, NOT_FOUND, CONFLICT. */
export const suspendLicense = override("staff:support", "license.suspend", (license, now) => {
  refuseRevoked(license);
  return license.suspendedByStaffAt ? null : { suspendedByStaffAt: now };
});

/**
 * Lifts a suspension by staff; one by dunning stays until it is paid. Repeating it changes nothing. Throws
 * FORBIDDEN, NOT_FOUND, CONFLICT.
 */
export const reinstateLicense = override("staff:support", "license.reinstate", (license) => {
  refuseRevoked(license);
  if (license.suspendedByStaffAt) return { suspendedByStaffAt: null };
  if (!license.suspendedByDunningAt) return null;
  throw new DomainError(
    "CONFLICT",
    { remedy: "Collect the open invoice; the license follows." },
    "This license is suspended because it is not paid.",
  );
});

/** Withdraws a license for good; its sessions end. Repeating it changes nothing. Throws FORBIDDEN, NOT_FOUND. */
export const revokeLicense = override("staff:admin", "license.revoke", (license, now) =>
  license.revokedAt ? null : { revokedAt: now },
);
