import { randomBytes } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import type { Invitation, membersContract } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import type { z } from "zod";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import { lockActingMember } from "./acting-member.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { refusal, toInvitation } from "./describe.ts";
import { invitationLifetimeSeconds } from "./invitation-rules.ts";
import { judgeInvitation } from "./member-rules.ts";
import * as invitationStore from "./invitation-store.ts";
import * as memberStore from "./member-store.ts";

const tokenBytes = 32;

/**
 * Invites an address for 7 days; inviting it again replaces the link, the role and the term. The token
 * leaves in the event alone, sealed; the table keeps a keyed hash. Throws FORBIDDEN, CONFLICT for a
 * member.
 */
export const inviteMember =
  ({ database, vault }: OrganizationsDeps) =>
  async (
    call: Call,
    { email, role }: z.output<typeof membersContract.invite.input>,
  ): Promise<Invitation> => {
    const actor = authorizeMember(call, "members:write");
    if (!actor.emailVerified) {
      throw new DomainError(
        "FORBIDDEN",
        { remedy: "Follow the link in the mail that verifies your address, then invite again." },
        "Your mail address is not verified.",
      );
    }
    const { organizationId } = actor;
    return inTransaction(database, call, async (tx) => {
      const actorRole = await lockActingMember(tx, actor);
      const before = await invitationStore.findOpenInvitation(tx, { organizationId, email });
      const decision = judgeInvitation({
        actorRole,
        role,
        openRole: before?.role ?? null,
        alreadyMember: await memberStore.isMemberByEmail(tx, { organizationId, email }),
      });
      if (decision.kind === "refused") throw refusal(decision);
      const token = randomBytes(tokenBytes).toString("base64url");
      const after = await invitationStore.putInvitation(tx, {
        organizationId,
        id: before?.id ?? newId(),
        email,
        role,
        tokenHash: vault.hash("invitation-token", token),
        invitedBy: actor.userId,
        invitedAt: tx.now,
        expiresAt: new Date(tx.now.getTime() + invitationLifetimeSeconds * 1000),
      });
      const invitation = toInvitation(after);
      await emit(tx, call, {
        type: "member.invited",
        organizationId,
        payload: {
          invitationId: invitation.id,
          sealedToken: vault.seal("event-secret", token).toString("base64url"),
        },
      });
      await audit(tx, call, {
        action: "member.invite",
        target: { kind: "invitation", id: after.id },
        organizationId,
        ...(before && { before: { email, role: before.role } }),
        after: { email, role, expiresAt: invitation.expiresAt },
      });
      return invitation;
    });
  };
