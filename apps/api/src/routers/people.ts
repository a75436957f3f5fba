import { contract } from "@latchkey/contracts";
import type { Core } from "@latchkey/core";
import type { RecordOf } from "../trpc/app-router.ts";
import type { BuildProcedure } from "../trpc/procedure.ts";

export const createMeRouter = (procedure: BuildProcedure, { organizations }: Core) =>
  ({
    get: procedure(contract.me.get, organizations.getMe),
  }) satisfies RecordOf<typeof contract.me>;

export const createOrganizationsRouter = (procedure: BuildProcedure, { organizations }: Core) =>
  ({
    list: procedure(contract.organizations.list, organizations.listOrganizations),
    create: procedure(
      contract.organizations.create,
      organizations.createOrganization,
      (context, { id }) => context.setActiveOrganization(id),
    ),
    rename: procedure(contract.organizations.rename, organizations.renameOrganization),
    activate: procedure(
      contract.organizations.activate,
      organizations.activateOrganization,
      (context, { id }) => context.setActiveOrganization(id),
    ),
  }) satisfies RecordOf<typeof contract.organizations>;

export const createMembersRouter = (procedure: BuildProcedure, { organizations }: Core) =>
  ({
    list: procedure(contract.members.list, organizations.listMembers),
    listInvitations: procedure(contract.members.listInvitations, organizations.listInvitations),
    invite: procedure(contract.members.invite, organizations.inviteMember),
    revokeInvitation: procedure(contract.members.revokeInvitation, organizations.revokeInvitation),
    acceptInvitation: procedure(
      contract.members.acceptInvitation,
      organizations.acceptInvitation,
      (context, { id }) => context.setActiveOrganization(id),
    ),
    changeRole: procedure(contract.members.changeRole, organizations.changeRole),
    remove: procedure(contract.members.remove, organizations.removeMember),
    leave: procedure(contract.members.leave, organizations.leaveOrganization, (context) =>
      context.setActiveOrganization(null),
    ),
  }) satisfies RecordOf<typeof contract.members>;
