import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal } from "./describe.ts";
import { endMembership } from "./end-membership.ts";
import { judgeLeaving } from "./member-rules.ts";
import * as memberStore from "./member-store.ts";
import * as organizationStore from "./organization-store.ts";

/** Leaves the active organization; having left changes nothing. Throws CONFLICT for the last owner. */
export const leaveOrganization =
  ({ database }: OrganizationsDeps) =>
  async (call: Call): Promise<null> => {
    const { organizationId, userId } = authorizeMember(call, "organization:read");
    return inTransaction(database, call, async (tx) => {
      await organizationStore.lockOrganization(tx, organizationId);
      const membership = await memberStore.findMembership(tx, { organizationId, userId });
      if (!membership) return null;
      const owners = await memberStore.countOwners(tx, organizationId);
      const decision = judgeLeaving({ role: membership.role, owners });
      if (decision.kind === "refused") throw refusal(decision);
      await endMembership(tx, call, membership, "member.leave");
      return null;
    });
  };
