import { DomainError } from "@latchkey/contracts";
import { actingAs, asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import { readTypedKey } from "./license-key-rules.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseRow } from "./license-store.ts";
import { detailOf } from "./validation-rules.ts";

/** Nothing stands behind the key, so no product's key can sign the no. */
export const noSuchKey = (detail: string = detailOf("NOT_FOUND")) =>
  new DomainError("LICENSE_NOT_USABLE", { validationCode: "NOT_FOUND" }, detail);

/** The call of whoever holds a key or a lease, once the license behind it is known. */
export const asMachine = (
  call: Call,
  license: { readonly id: string; readonly organizationId: string },
  machineId: string | null = null,
): Call =>
  actingAs(call, {
    kind: "machine",
    organizationId: license.organizationId,
    licenseId: license.id,
    machineId,
  });

/** A look-up before the tenant is known. */
export const lookingUp = (call: Call): Call => asSystem(call, "find-by-key");

/** The license behind a typed key. Throws LICENSE_NOT_USABLE (NOT_FOUND), which names a typing error. */
export const findLicenseByTypedKey =
  ({ database, vault }: Pick<CoreDeps, "database" | "vault">) =>
  async (call: Call, typed: string): Promise<LicenseRow> => {
    const read = readTypedKey(typed);
    if (!read.ok) throw noSuchKey(read.detail);
    const hash = vault.hash("license-key", read.key);
    const license = await inTransaction(database, lookingUp(call), (tx) =>
      licenseStore.findLicenseByKeyHash(tx, hash),
    );
    if (!license) throw noSuchKey();
    return license;
  };
