import { DomainError } from "@latchkey/contracts";
import type { Member, membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { lockActingMember } from "./acting-member.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal, toMember } from "./describe.ts";
import { judgeRoleChange } from "./member-rules.ts";
import * as memberStore from "./member-store.ts";

/** Gives a member another role; the same role again changes nothing. Throws NOT_FOUND, FORBIDDEN, CONFLICT. */
export const changeRole =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { userId, role }: z.output<typeof membersContract.changeRole.input>,
  ): Promise<Member> => {
    const actor = authorizeMember(call, "members:write");
    const { organizationId } = actor;
    return inTransaction(database, call, async (tx) => {
      const actorRole = await lockActingMember(tx, actor);
      const before = await memberStore.findMember(tx, { organizationId, userId });
      if (!before) throw new DomainError("NOT_FOUND", {}, "This person is no member.");
      const decision = judgeRoleChange({
        actorRole,
        targetRole: before.role,
        newRole: role,
        owners: await memberStore.countOwners(tx, organizationId),
      });
      if (decision.kind === "refused") throw refusal(decision);
      if (decision.kind === "unchanged") return toMember(before);
      await memberStore.updateMembership(tx, { organizationId, userId, role });
      await audit(tx, call, {
        action: "member.change_role",
        target: { kind: "user", id: userId },
        organizationId,
        before: { role: before.role },
        after: { role },
      });
      return toMember({ ...before, role });
    });
  };
