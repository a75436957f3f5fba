import { DomainError } from "@latchkey/contracts";
import type { MemberRole } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import type { Actor } from "../call.ts";
import * as memberStore from "./member-store.ts";
import * as organizationStore from "./organization-store.ts";

/**
 * Holds the organization and reads the actor's role again behind the lock: what another request did to
 * them in the meantime counts. Throws FORBIDDEN when they are no member any more.
 */
export const lockActingMember = async (
  tx: Tx,
  { organizationId, userId }: Extract<Actor, { kind: "member" }>,
): Promise<MemberRole> => {
  await organizationStore.lockOrganization(tx, organizationId);
  const membership = await memberStore.findMembership(tx, { organizationId, userId });
  if (membership) return membership.role;
  throw new DomainError(
    "FORBIDDEN",
    { remedy: "Choose another of your organizations." },
    "You are no longer a member of this organization.",
  );
};
