import { DomainError } from "@latchkey/contracts";
import type { membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import { lockActingMember } from "./acting-member.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal } from "./describe.ts";
import { judgeWithdrawal } from "./member-rules.ts";
import * as invitationStore from "./invitation-store.ts";

/** Withdraws an invitation; repeating it changes nothing. Throws NOT_FOUND, FORBIDDEN, CONFLICT once used. */
export const revokeInvitation =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { invitationId }: z.output<typeof membersContract.revokeInvitation.input>,
  ): Promise<null> => {
    const actor = authorizeMember(call, "members:write");
    const { organizationId } = actor;
    return inTransaction(database, call, async (tx) => {
      const actorRole = await lockActingMember(tx, actor);
      const invitation = await invitationStore.findInvitation(tx, invitationId);
      if (!invitation) throw new DomainError("NOT_FOUND", {});
      const decision = judgeWithdrawal(actorRole, invitation.role);
      if (decision.kind === "refused") throw refusal(decision);
      if (invitation.revokedAt !== null) return null;
      if (invitation.acceptedAt !== null) {
        throw new DomainError(
          "CONFLICT",
          { remedy: "Remove the member instead." },
          "This invitation was accepted.",
        );
      }
      await invitationStore.closeInvitation(tx, invitationId, { revokedAt: tx.now });
      await audit(tx, call, {
        action: "member.revoke_invitation",
        target: { kind: "invitation", id: invitationId },
        organizationId,
        before: { email: invitation.email, role: invitation.role },
      });
      return null;
    });
  };
