import { DomainError, UserId } from "@latchkey/contracts";
import type { Organization, membersContract } from "@latchkey/contracts";
import type { z } from "zod";
import { audit } from "../audit/audit.ts";
import { asSystem, authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal, toOrganization } from "./describe.ts";
import { judgeAcceptance } from "./invitation-rules.ts";
import * as invitationStore from "./invitation-store.ts";
import * as memberStore from "./member-store.ts";
import * as organizationStore from "./organization-store.ts";
import * as peopleStore from "./people-store.ts";

const unknownToken = (): DomainError =>
  new DomainError(
    "NOT_FOUND",
    {
      remedy:
        "Open the link of the newest invitation mail, or ask whoever invited you to do it again.",
    },
    "This invitation link is not known; a newer one may have replaced it.",
  );

/**
 * Joins the organization that the token invites to; accepting again changes nothing. Throws NOT_FOUND
 * for an unknown token, FORBIDDEN for another or an unverified address, CONFLICT for an invitation that
 * expired, was withdrawn or was used by somebody who is no member any more.
 */
export const acceptInvitation =
  ({ database, vault }: OrganizationsDeps) =>
  async (
    call: Call,
    { token }: z.output<typeof membersContract.acceptInvitation.input>,
  ): Promise<Organization> => {
    const { userId } = authorizeUser(call);
    return inTransaction(database, asSystem(call, "accept-invitation"), async (tx) => {
      const tokenHash = vault.hash("invitation-token", token);
      const seen = await invitationStore.findInvitationByTokenHash(tx, tokenHash);
      if (!seen) throw unknownToken();
      const { organizationId } = seen;
      const organization = await organizationStore.lockOrganization(tx, organizationId);
      const invitation = await invitationStore.findInvitationByTokenHash(tx, tokenHash);
      const user = await peopleStore.findUser(tx, userId);
      if (!organization || !invitation) throw unknownToken();
      if (!user) throw new DomainError("UNAUTHENTICATED", {});
      const membership = await memberStore.findMembership(tx, { organizationId, userId });
      const decision = judgeAcceptance({
        invitation,
        email: user.email,
        emailVerified: user.emailVerified,
        alreadyMember: membership !== undefined,
        now: tx.now,
      });
      if (decision.kind === "refused") throw refusal(decision);
      const role = membership?.role ?? invitation.role;
      if (decision.kind === "unchanged") return toOrganization(organization, role);
      await invitationStore.closeInvitation(tx, invitation.id, { acceptedAt: tx.now });
      if (decision.kind === "close") return toOrganization(organization, role);
      await memberStore.insertMembership(tx, { organizationId, userId, role });
      const joined = toOrganization(organization, role);
      await emit(tx, call, {
        type: "member.joined",
        organizationId,
        payload: { organizationId: joined.id, userId: UserId.parse(userId) },
      });
      await audit(tx, call, {
        action: "member.join",
        target: { kind: "user", id: userId },
        organizationId,
        after: { role, invitationId: invitation.id },
      });
      return joined;
    });
  };
