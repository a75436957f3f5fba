import { DomainError } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";

/** There is none, or the call may not see it: the answer is the same. */
export const noSuchLicense = (): DomainError =>
  new DomainError("NOT_FOUND", {}, "There is no such license.");

/** A license that the call may see. Throws NOT_FOUND. */
export const loadLicense = async (tx: Tx, id: string): Promise<LicenseRow> => {
  const license = await licenseStore.findLicense(tx, id);
  if (!license) throw noSuchLicense();
  return license;
};

/** Locks a license that the call may see. Throws NOT_FOUND. */
export const lockLicense = async (tx: Tx, id: string): Promise<LicenseRow> => {
  const license = await licenseStore.lockLicense(tx, id);
  if (!license) throw noSuchLicense();
  return license;
};
