import { DomainError } from "@latchkey/contracts";
import type { ValidationCode } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import { fingerprintHash, isLicenseKeyText, LICENSE_FILE_VERSION } from "@latchkey/license-crypto";
import { createLicenseFile } from "@latchkey/license-crypto/sign";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction, joining } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describePlansOf } from "./answer-shapes.ts";
import { fileTermOf } from "./license-file-rules.ts";
import { loadLicense } from "./load-license.ts";
import { barOf, detailOf } from "./validation-rules.ts";

export interface CheckOutLicenseFile {
  readonly licenseId: string;
  /** Binds the file to this machine. */
  readonly fingerprint?: string | undefined;
  /** Seconds that the file is asked to be good for; it never outlives the license. */
  readonly ttl: number;
  /** Encrypts the file under the license key. */
  readonly encrypt?: boolean | undefined;
}

/** No product key signs this no: it answers a person, not a machine that holds a lease. */
const notUsable = (code: ValidationCode) =>
  new DomainError("LICENSE_NOT_USABLE", { validationCode: code }, detailOf(code));

/**
 * A signed copy of the license for a machine without a network, by a member or for a mail of the house.
 * The audit trail has every checkout, by the file's own id. Throws FORBIDDEN, NOT_FOUND,
 * LICENSE_NOT_USABLE.
 */
export const checkOutLicenseFile =
  (deps: VerbDeps) =>
  async (
    call: Call,
    { licenseId, fingerprint, ttl, encrypt = false }: CheckOutLicenseFile,
  ): Promise<{ file: string; expiresAt: string }> => {
    if (call.actor.kind !== "system") authorizeMember(call, "licenses:manage");
    return inTransaction(deps.database, call, async (tx) => {
      const inside = joining(call, tx);
      const license = await loadLicense(tx, licenseId);
      const bar = barOf(license, tx.now);
      if (bar) throw notUsable(bar);
      const term = fileTermOf({
        now: tx.now,
        ttlSeconds: ttl,
        licenseExpiresAt: license.expiresAt,
      });
      if (!term) throw notUsable("EXPIRED");

      const { organizationId, productId, planVersionId, maxSeats, features, limits } = license;
      const plan = (await describePlansOf(deps, tx, call, [license])).get(planVersionId);
      const organization = (
        await deps.organizations.describeOrganizations(inside, [organizationId])
      ).get(organizationId);
      if (!plan || !organization) throw new Error(`License ${licenseId} lost its plan or owner.`);
      const key = deps.vault.open("license-key", license.keyCiphertext);
      if (!isLicenseKeyText(key))
        throw new Error(`The stored key of license ${licenseId} is damaged.`);
      const jti = newId();
      const file = await createLicenseFile({
        signer: await deps.catalog.getSigner(productId, inside),
        claims: {
          v: LICENSE_FILE_VERSION,
          iss: deps.settings.publicUrl,
          aud: productId,
          sub: licenseId,
          jti,
          organization: organization.name,
          plan: plan.slug,
          product: { id: productId, name: plan.product.name },
          maxSeats,
          features,
          limits,
          ...(fingerprint !== undefined && { fph: fingerprintHash(fingerprint, productId) }),
          ...term,
        },
        encryptWithKey: encrypt ? key : undefined,
      });
      const expiresAt = new Date(term.exp * 1000).toISOString();
      await audit(tx, call, {
        action: "license.check_out_file",
        target: { kind: "license", id: licenseId },
        organizationId,
        after: { file: jti, fingerprint: fingerprint ?? null, encrypt, expiresAt },
      });
      return { file, expiresAt };
    });
  };
