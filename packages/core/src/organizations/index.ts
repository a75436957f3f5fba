import { acceptInvitation } from "./accept-invitation.ts";
import { activateOrganization } from "./activate-organization.ts";
import { appointStaff } from "./appoint-staff.ts";
import { changeRole } from "./change-role.ts";
import { createOrganization } from "./create-organization.ts";
import type { OrganizationsDeps } from "./deps.ts";
import {
  describeInvitation,
  describeOrganizations,
  describeUser,
  listContacts,
} from "./describe-people.ts";
import { ensureOrganizationOf } from "./ensure-organization-of.ts";
import { findStaffRole } from "./find-staff-role.ts";
import { getMe } from "./get-me.ts";
import { inviteMember } from "./invite-member.ts";
import { leaveOrganization } from "./leave-organization.ts";
import { listInvitations } from "./list-invitations.ts";
import { listMembers } from "./list-members.ts";
import { listOrganizations } from "./list-organizations.ts";
import { recordSignUp } from "./record-sign-up.ts";
import { removeMember } from "./remove-member.ts";
import { renameOrganization } from "./rename-organization.ts";
import { resolveActor } from "./resolve-actor.ts";
import { revokeInvitation } from "./revoke-invitation.ts";

/** People, the organizations they are members of, and the vendor's staff. */
export const createOrganizations = (deps: OrganizationsDeps) => ({
  getMe: getMe(deps),

  listOrganizations: listOrganizations(deps),
  createOrganization: createOrganization(deps),
  renameOrganization: renameOrganization(deps),
  activateOrganization: activateOrganization(deps),

  listMembers: listMembers(deps),
  listInvitations: listInvitations(deps),
  inviteMember: inviteMember(deps),
  revokeInvitation: revokeInvitation(deps),
  acceptInvitation: acceptInvitation(deps),
  changeRole: changeRole(deps),
  removeMember: removeMember(deps),
  leaveOrganization: leaveOrganization(deps),

  recordSignUp: recordSignUp(deps),
  ensureOrganizationOf: ensureOrganizationOf(deps),
  resolveActor: resolveActor(deps),
  findStaffRole: findStaffRole(deps),
  appointStaff: appointStaff(deps),

  describeOrganizations: describeOrganizations(deps),
  listContacts: listContacts(deps),
  describeUser: describeUser(deps),
  describeInvitation: describeInvitation(deps),
});

export type Organizations = ReturnType<typeof createOrganizations>;
