import type { MailTemplate, MemberPermission } from "@latchkey/contracts";
import { isDomainError } from "@latchkey/contracts";
import type { Call } from "../call.ts";
import { payloadOf } from "../events/find-event.ts";
import type { StoredEvent } from "../events/find-event.ts";
import type { MailAttachment, MailFacts, MailRequest } from "../ports.ts";
import { portalPages } from "../portal-pages.ts";
import { inTransaction } from "../transaction.ts";
import type { MailDeps } from "./deps.ts";
import { mailedFileTtlSeconds } from "./mailed-file-rules.ts";

/** What is to be written, and to whom. */
export interface Composition {
  readonly organizationId: string | null;
  readonly to: readonly string[];
  readonly request: MailRequest;
  readonly attachments: readonly MailAttachment[];
}

const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

const openSecret = ({ vault }: MailDeps, sealed: string): string =>
  vault.open("event-secret", Buffer.from(sealed, "base64url"));

const toPerson = async (
  { organizations }: MailDeps,
  call: Call,
  userId: string,
  requestFor: (name: string) => MailRequest,
): Promise<Composition> => {
  const { email, name } = await organizations.describeUser(call, userId);
  return { organizationId: null, to: [email], request: requestFor(name), attachments: [] };
};

const describeOrganization = async ({ organizations }: MailDeps, call: Call, id: string) => {
  const described = await organizations.describeOrganizations(call, [id]);
  const organization = described.get(id);
  if (organization) return organization;
  throw new Error(`The organization ${id} of an event does not exist.`);
};

const addressesOf = async (
  { organizations }: MailDeps,
  call: Call,
  organizationId: string,
  permission: MemberPermission,
): Promise<string[]> => {
  const contacts = await organizations.listContacts(call, { organizationId, permission });
  return contacts.map(({ email }) => email);
};

/** A mail about a license, to those who look after it. */
const aboutLicense = async (deps: MailDeps, call: Call, licenseId: string) => {
  const license = await deps.licensing.describeLicense(call, licenseId);
  const { organizationId } = license;
  const [{ name: organizationName }, to] = await Promise.all([
    describeOrganization(deps, call, organizationId),
    addressesOf(deps, call, organizationId, "licenses:manage"),
  ]);
  const portalUrl = portalPages(deps.settings.publicUrl).license(licenseId);
  return { license, organizationId, organizationName, to, portalUrl };
};

/** The license file for machines without a network, or nothing once the license may not run. */
const attachLicenseFile = async (
  { database, licensing }: MailDeps,
  call: Call,
  license: { readonly id: string; readonly expiresAt: Date | null },
): Promise<MailAttachment[]> => {
  const now = await inTransaction(database, call, (tx) => Promise.resolve(tx.now));
  try {
    const { file } = await licensing.checkOutLicenseFile(call, {
      licenseId: license.id,
      ttl: mailedFileTtlSeconds(license.expiresAt, now),
      encrypt: false,
    });
    return [{ filename: "license.latchkey", contentType: "text/plain", content: file }];
  } catch (error) {
    if (isDomainError(error, "LICENSE_NOT_USABLE")) return [];
    throw error;
  }
};

const licenseIssued = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
): Promise<Composition> => {
  const { licenseId } = payloadOf(event, "license.issued");
  const { license, organizationId, organizationName, to, portalUrl } = await aboutLicense(
    deps,
    call,
    licenseId,
  );
  const { productName, planName, maxSeats, expiresAt, trial } = license;
  const attachments = await attachLicenseFile(deps, call, license);
  const facts: MailFacts["license-issued"] = {
    organizationName,
    productName,
    planName,
    maxSeats,
    licenseKey: await deps.licensing.revealLicenseKey(call, licenseId),
    validUntil: expiresAt && day.format(expiresAt),
    portalUrl,
    trial,
    fileAttached: attachments.length > 0,
  };
  return { organizationId, to, request: { template: "license-issued", facts }, attachments };
};

const licenseKeyRotated = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
): Promise<Composition> => {
  const { licenseId } = payloadOf(event, "license.key_rotated");
  const { license, organizationId, organizationName, to, portalUrl } = await aboutLicense(
    deps,
    call,
    licenseId,
  );
  const licenseKey = await deps.licensing.revealLicenseKey(call, licenseId);
  const { productName } = license;
  const facts = { organizationName, productName, licenseKey, portalUrl };
  const request: MailRequest = { template: "license-key-rotated", facts };
  return { organizationId, to, request, attachments: [] };
};

/** A trial's end has a mail of its own, so its license gets none. */
const licenseExpired = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
): Promise<Composition | null> => {
  const { licenseId } = payloadOf(event, "license.expired");
  const { license, organizationId, organizationName, to, portalUrl } = await aboutLicense(
    deps,
    call,
    licenseId,
  );
  if (license.trial) return null;
  const { productName, planName } = license;
  const facts = { organizationName, productName, planName, portalUrl };
  const request: MailRequest = { template: "license-expired", facts };
  return { organizationId, to, request, attachments: [] };
};

const trialEnded = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
): Promise<Composition | null> => {
  const { subscriptionId, reason } = payloadOf(event, "subscription.canceled");
  if (reason !== "trial_ended") return null;
  const { organizationId, planVersionId } = await deps.billing.describeSubscription(
    call,
    subscriptionId,
  );
  const [{ name: organizationName }, to, plans] = await Promise.all([
    describeOrganization(deps, call, organizationId),
    addressesOf(deps, call, organizationId, "billing:write"),
    deps.catalog.describePlanVersions(call, [planVersionId]),
  ]);
  const plan = plans.get(planVersionId);
  if (!plan) throw new Error(`The plan version ${planVersionId} does not exist.`);
  const facts = {
    organizationName,
    productName: plan.product.name,
    planName: plan.name,
    plansUrl: portalPages(deps.settings.publicUrl).plans,
  };
  return { organizationId, to, request: { template: "trial-ended", facts }, attachments: [] };
};

const invitation = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
): Promise<Composition | null> => {
  const { invitationId, sealedToken } = payloadOf(event, "member.invited");
  const invited = await deps.organizations.describeInvitation(call, invitationId);
  if (!invited.open) return null;
  const facts = {
    organizationName: invited.organizationName,
    invitedBy: invited.invitedByName,
    role: invited.role,
    url: portalPages(deps.settings.publicUrl).invitation(openSecret(deps, sealedToken)),
    expiresOn: day.format(invited.expiresAt),
  };
  return {
    organizationId: event.organizationId,
    to: [invited.email],
    request: { template: "invitation", facts },
    attachments: [],
  };
};

/**
 * Gathers what a template needs for an event, from the present state; null when there is nothing to
 * write any more. Throws Error where the template does not belong to the event, NOT_FOUND where what
 * the event is about is gone.
 */
export const composeMail = async (
  deps: MailDeps,
  call: Call,
  event: StoredEvent,
  template: MailTemplate,
): Promise<Composition | null> => {
  switch (template) {
    case "verify-email": {
      const { userId, sealedUrl } = payloadOf(event, "user.verification_requested");
      const url = openSecret(deps, sealedUrl);
      return toPerson(deps, call, userId, (name) => ({
        template,
        facts: { name, url, expiresIn: "24 hours" },
      }));
    }
    case "reset-password": {
      const { userId, sealedUrl } = payloadOf(event, "user.password_reset_requested");
      const url = openSecret(deps, sealedUrl);
      return toPerson(deps, call, userId, (name) => ({
        template,
        facts: { name, url, expiresIn: "one hour" },
      }));
    }
    case "account-exists": {
      const { userId } = payloadOf(event, "user.sign_up_repeated");
      const { signIn, forgotPassword } = portalPages(deps.settings.publicUrl);
      return toPerson(deps, call, userId, (name) => ({
        template,
        facts: { name, signInUrl: signIn, resetUrl: forgotPassword },
      }));
    }
    case "invitation":
      return invitation(deps, call, event);
    case "license-issued":
      return licenseIssued(deps, call, event);
    case "license-key-rotated":
      return licenseKeyRotated(deps, call, event);
    case "license-expired":
      return licenseExpired(deps, call, event);
    case "trial-ended":
      return trialEnded(deps, call, event);
  }
};
