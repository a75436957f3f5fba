import { DomainError } from "@latchkey/contracts";
import type { membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { lockActingMember } from "./acting-member.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal } from "./describe.ts";
import { endMembership } from "./end-membership.ts";
import { judgeRemoval } from "./member-rules.ts";
import * as memberStore from "./member-store.ts";

/**
 * Removes a member, who from the next request on is nobody here. Throws NOT_FOUND for somebody who is
 * no member (any more), FORBIDDEN, CONFLICT for the last owner.
 */
export const removeMember =
  ({ database }: OrganizationsDeps) =>
  async (call: Call, { userId }: z.output<typeof membersContract.remove.input>): Promise<null> => {
    const actor = authorizeMember(call, "members:write");
    const { organizationId } = actor;
    return inTransaction(database, call, async (tx) => {
      const actorRole = await lockActingMember(tx, actor);
      const membership = await memberStore.findMembership(tx, { organizationId, userId });
      if (!membership) throw new DomainError("NOT_FOUND", {}, "This person is no member.");
      const decision = judgeRemoval({
        actorRole,
        targetRole: membership.role,
        owners: await memberStore.countOwners(tx, organizationId),
      });
      if (decision.kind === "refused") throw refusal(decision);
      await endMembership(tx, call, membership, "member.remove");
      return null;
    });
  };
