import { EventId } from "@latchkey/contracts";
import type { EventType, MailTemplate } from "@latchkey/contracts";
import type { Reaction, WaitingEvent } from "@latchkey/core";
import { sendMail } from "./jobs/send-mail.ts";

type React = (event: WaitingEvent) => readonly Reaction[];

export type Reactions = Readonly<Record<EventType, React>>;

const nothing: React = () => [];
const mail =
  (template: MailTemplate): React =>
  ({ id }) => [sendMail.request({ eventId: EventId.parse(id), template })];

/** What each event sets going; the rest reads the tables. One run of a job per event. */
export const reactions = {
  "user.signed_up": nothing,
  "user.verification_requested": mail("verify-email"),
  "user.password_reset_requested": mail("reset-password"),
  "user.sign_up_repeated": mail("account-exists"),
  "organization.created": nothing,
  "member.invited": mail("invitation"),
  "member.joined": nothing,
  "member.removed": nothing,
  "checkout.completed": nothing,
  "subscription.started": nothing,
  "subscription.canceled": mail("trial-ended"),
  "invoice.paid": nothing,
  "license.issued": mail("license-issued"),
  "license.key_rotated": mail("license-key-rotated"),
  "license.suspended": nothing,
  "license.reinstated": nothing,
  "license.revoked": nothing,
  "license.expired": mail("license-expired"),
  "machine.activated": nothing,
  "machine.deactivated": nothing,
  "session.ended": nothing,
} satisfies Reactions;
