import { DomainError } from "@latchkey/contracts";
import type { LicenseStatus } from "@latchkey/contracts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describePlansOf } from "./describe.ts";
import * as licenseStore from "./license-store.ts";

/** What a mail tells of a license. */
export interface LicenseDescription {
  readonly id: string;
  readonly organizationId: string;
  readonly productId: string;
  readonly productName: string;
  readonly planName: string;
  readonly maxSeats: number;
  readonly expiresAt: Date | null;
  readonly trial: boolean;
  readonly status: LicenseStatus;
}

/** A license, for the house itself. Throws FORBIDDEN, NOT_FOUND. */
export const describeLicense =
  (deps: VerbDeps) =>
  async (call: Call, licenseId: string): Promise<LicenseDescription> => {
    authorizeSystem(call);
    return inTransaction(deps.database, call, async (tx) => {
      const license = await licenseStore.findLicense(tx, licenseId);
      const plan =
        license && (await describePlansOf(deps, tx, call, [license])).get(license.planVersionId);
      if (!license || !plan) throw new DomainError("NOT_FOUND", {}, "There is no such license.");
      const { id, organizationId, productId, maxSeats, expiresAt, trial, status } = license;
      const names = { productName: plan.product.name, planName: plan.name };
      return { id, organizationId, productId, ...names, maxSeats, expiresAt, trial, status };
    });
  };
