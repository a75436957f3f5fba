import { generateLicenseKey } from "@latchkey/license-crypto";
import { newId } from "@latchkey/db";
import type { LicenseKeyText } from "@latchkey/license-crypto";
import type { Offer } from "../catalog/index.ts";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { deriveLicense } from "./derive-license-rules.ts";
import type { LicensingDeps } from "./deps.ts";
import * as licenseStore from "./license-store.ts";

/** A new key and what is stored of it: a hash to find it by, a ciphertext, four symbols to know it by. */
export const makeLicenseKey = ({ vault }: Pick<LicensingDeps, "vault">, prefix: string) => {
  const key: LicenseKeyText = generateLicenseKey(prefix);
  return {
    key,
    stored: {
      keyHash: vault.hash("license-key", key),
      keyCiphertext: vault.seal("license-key", key),
      keyPrefix: prefix,
      keyLastFour: key.slice(-4),
    },
  };
};

export interface IssueLicense {
  readonly organizationId: string;
  readonly offer: Offer;
  /** What pays for it; null for a license that staff gave. */
  readonly subscriptionId: string | null;
  readonly trial: boolean;
  /** The end of what is paid; null never ends. */
  readonly paidUntil: Date | null;
}

/**
 * Makes the license that an offer grants, in the caller's transaction. Whoever sold it emits
 * `license.issued`, since the event names the sale. A subscription has one license: the second time
 * PostgreSQL refuses.
 */
export const issueLicense =
  (deps: Pick<LicensingDeps, "database" | "vault">) =>
  async (
    call: Call,
    { organizationId, offer, subscriptionId, trial, paidUntil }: IssueLicense,
  ): Promise<{ licenseId: string; licenseKey: string }> =>
    inTransaction(deps.database, call, async (tx) => {
      const id = newId();
      const { key, stored } = makeLicenseKey(deps, offer.product.keyPrefix);
      const facts = {
        subscriptionId,
        paidUntil,
        graceEndsAt: null,
        suspendedByStaffAt: null,
        suspendedByDunningAt: null,
        endedAt: null,
        revokedAt: null,
      };
      const { maxSeats, maxMachines, features, limits, planVersionId } = offer;
      await licenseStore.insertLicense(tx, {
        ...stored,
        ...facts,
        ...deriveLicense(facts, tx.now),
        id,
        organizationId,
        productId: offer.product.id,
        planVersionId,
        trial,
        maxSeats,
        maxMachines,
        features,
        limits,
        createdAt: tx.now,
      });
      await audit(tx, call, {
        action: "license.issue",
        target: { kind: "license", id },
        organizationId,
        after: { planVersionId, subscriptionId, trial, maxSeats, maxMachines, paidUntil },
      });
      return { licenseId: id, licenseKey: key };
    });
