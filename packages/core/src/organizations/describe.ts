import { DomainError, Invitation, Member, Organization } from "@latchkey/contracts";
import type { MemberRole } from "@latchkey/contracts";
import type { InvitationRow } from "./invitation-store.ts";
import type { OrganizationRow } from "./organization-store.ts";

/** An organization as the API shows it to somebody of `role` (null for whoever is no member). */
export const toOrganization = (
  { id, name, slug, createdAt }: OrganizationRow,
  role: MemberRole | null,
): Organization => Organization.parse({ id, name, slug, role, createdAt: createdAt.toISOString() });

/** A member as the API shows them. */
export const toMember = (row: {
  userId: string;
  email: string;
  name: string;
  role: MemberRole;
  joinedAt: Date;
}): Member => Member.parse({ ...row, joinedAt: row.joinedAt.toISOString() });

/** An invitation as the API shows it: never its token. */
export const toInvitation = (row: InvitationRow): Invitation =>
  Invitation.parse({
    id: row.id,
    email: row.email,
    role: row.role,
    invitedAt: row.invitedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
  });

/** Turns a rule's no into the error that says it. */
export const refusal = (decision: {
  readonly code: "FORBIDDEN" | "CONFLICT";
  readonly message: string;
  readonly remedy: string;
}): DomainError => new DomainError(decision.code, { remedy: decision.remedy }, decision.message);
