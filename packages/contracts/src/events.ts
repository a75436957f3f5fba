import { z } from "zod";
import {
  CheckoutSessionId,
  InvitationId,
  InvoiceId,
  LicenseId,
  MachineId,
  OrganizationId,
  SessionId,
  SubscriptionId,
  UserId,
} from "./primitives.ts";
import { SessionEndReason } from "./sessions.ts";

/**
 * Every event that a verb may emit, with its payload. Events are facts in the past tense; whoever
 * reacts reads the present state by these ids. A secret travels only as `sealed` text, which is
 * worthless without LATCHKEY_SECRET.
 */
export const eventCatalogue = {
  "user.signed_up": z.strictObject({ userId: UserId }),
  "user.verification_requested": z.strictObject({ userId: UserId, sealedUrl: z.string() }),
  "user.password_reset_requested": z.strictObject({ userId: UserId, sealedUrl: z.string() }),
  "user.sign_up_repeated": z.strictObject({ userId: UserId }),
  "organization.created": z.strictObject({ organizationId: OrganizationId }),
  "member.invited": z.strictObject({ invitationId: InvitationId, sealedToken: z.string() }),
  "member.joined": z.strictObject({ organizationId: OrganizationId, userId: UserId }),
  "member.removed": z.strictObject({ organizationId: OrganizationId, userId: UserId }),
  "checkout.completed": z.strictObject({ checkoutSessionId: CheckoutSessionId }),
  "subscription.started": z.strictObject({ subscriptionId: SubscriptionId }),
  "subscription.canceled": z.strictObject({
    subscriptionId: SubscriptionId,
    reason: z.enum(["trial_ended"]),
  }),
  "invoice.paid": z.strictObject({ invoiceId: InvoiceId }),
  "license.issued": z.strictObject({ licenseId: LicenseId, checkoutSessionId: CheckoutSessionId }),
  "license.key_rotated": z.strictObject({ licenseId: LicenseId }),
  "license.suspended": z.strictObject({ licenseId: LicenseId }),
  "license.reinstated": z.strictObject({ licenseId: LicenseId }),
  "license.revoked": z.strictObject({ licenseId: LicenseId }),
  "license.expired": z.strictObject({ licenseId: LicenseId }),
  "machine.activated": z.strictObject({ licenseId: LicenseId, machineId: MachineId }),
  "machine.deactivated": z.strictObject({ licenseId: LicenseId, machineId: MachineId }),
  "session.ended": z.strictObject({
    licenseId: LicenseId,
    sessionId: SessionId,
    reason: SessionEndReason,
  }),
} as const;

export type EventType = keyof typeof eventCatalogue;
export type EventPayload<Type extends EventType> = z.infer<(typeof eventCatalogue)[Type]>;

export const eventTypes = Object.keys(eventCatalogue) as EventType[];
