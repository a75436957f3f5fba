import type { LicenseStatus } from "@latchkey/contracts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describePlansOf, planOf } from "./answer-shapes.ts";
import { loadLicense } from "./load-license.ts";

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
      const license = await loadLicense(tx, licenseId);
      const plans = await describePlansOf(deps, tx, call, [license]);
      const plan = planOf(plans, license);
      const { id, organizationId, productId, maxSeats, expiresAt, trial, status } = license;
      const names = { productName: plan.product.name, planName: plan.name };
      return { id, organizationId, productId, ...names, maxSeats, expiresAt, trial, status };
    });
  };
