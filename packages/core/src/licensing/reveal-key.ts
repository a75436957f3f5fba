import { audit } from "../audit/audit.ts";
import { authorizeMember, authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { loadLicense } from "./load-license.ts";

/** The whole key, for a member; the audit trail says who looked. Throws FORBIDDEN, NOT_FOUND. */
export const revealKey =
  ({ database, vault }: VerbDeps) =>
  async (call: Call, { licenseId }: { licenseId: string }): Promise<{ licenseKey: string }> => {
    authorizeMember(call, "licenses:manage");
    return inTransaction(database, call, async (tx) => {
      const license = await loadLicense(tx, licenseId);
      await audit(tx, call, {
        action: "license.reveal_key",
        target: { kind: "license", id: licenseId },
        organizationId: license.organizationId,
      });
      return { licenseKey: vault.open("license-key", license.keyCiphertext) };
    });
  };

/** The whole key, for a mail that the house writes. Throws FORBIDDEN, NOT_FOUND. */
export const revealLicenseKey =
  ({ database, vault }: VerbDeps) =>
  async (call: Call, licenseId: string): Promise<string> => {
    authorizeSystem(call);
    const license = await inTransaction(database, call, (tx) => loadLicense(tx, licenseId));
    return vault.open("license-key", license.keyCiphertext);
  };
