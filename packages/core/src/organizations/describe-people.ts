import { DomainError, MemberRole, memberMay } from "@latchkey/contracts";
import type { MemberPermission } from "@latchkey/contracts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { isOpen } from "./invitation-rules.ts";
import * as invitationStore from "./invitation-store.ts";
import * as memberStore from "./member-store.ts";
import * as organizationStore from "./organization-store.ts";
import * as peopleStore from "./people-store.ts";

/*
 * What other domains ask this one. They see what their call may see; none of it is a procedure.
 */

/** Names and slugs by id; an organization that the call may not see is missing from the map. */
export const describeOrganizations =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    ids: readonly string[],
  ): Promise<Map<string, { id: string; name: string; slug: string }>> => {
    if (ids.length === 0) return new Map();
    const rows = await inTransaction(database, call, (tx) =>
      organizationStore.listOrganizationsByIds(tx, ids),
    );
    return new Map(rows.map((row) => [row.id, row]));
  };

/** The members whose role has the permission, first joined first: who gets a mail about it. */
export const listContacts =
  ({ database }: OrganizationsDeps) =>
  (
    call: Call,
    { organizationId, permission }: { organizationId: string; permission: MemberPermission },
  ): Promise<{ userId: string; email: string; name: string }[]> => {
    const roles = MemberRole.options.filter((role) => memberMay(role, permission));
    return inTransaction(database, call, (tx) =>
      memberStore.listMembersOfRoles(tx, organizationId, roles),
    );
  };

/** A person's name and address. Throws NOT_FOUND. */
export const describeUser =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    userId: string,
  ): Promise<{ id: string; email: string; name: string; emailVerified: boolean }> => {
    const user = await inTransaction(database, call, (tx) => peopleStore.findUser(tx, userId));
    if (!user) throw new DomainError("NOT_FOUND", {});
    return { id: user.id, email: user.email, name: user.name, emailVerified: user.emailVerified };
  };

/** An invitation as its mail tells it; `open` is false once it cannot be accepted. Throws NOT_FOUND. */
export const describeInvitation =
  ({ database }: OrganizationsDeps) =>
  (
    call: Call,
    invitationId: string,
  ): Promise<{
    email: string;
    role: MemberRole;
    organizationName: string;
    invitedByName: string;
    expiresAt: Date;
    open: boolean;
  }> =>
    inTransaction(database, call, async (tx) => {
      const found = await invitationStore.describeInvitation(tx, invitationId);
      if (!found) throw new DomainError("NOT_FOUND", {});
      const { invitation, organizationName, invitedByName } = found;
      const { email, role, expiresAt } = invitation;
      const open = isOpen(invitation, tx.now);
      return { email, role, organizationName, invitedByName, expiresAt, open };
    });
