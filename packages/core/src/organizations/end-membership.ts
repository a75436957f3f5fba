import { OrganizationId, UserId } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import * as memberStore from "./member-store.ts";

/** Ends a membership inside `tx`, tells the world and keeps it on record. */
export const endMembership = async (
  tx: Tx,
  call: Call,
  { organizationId, userId, role }: memberStore.MembershipRow,
  action: "member.remove" | "member.leave",
): Promise<void> => {
  await memberStore.deleteMembership(tx, { organizationId, userId });
  await emit(tx, call, {
    type: "member.removed",
    organizationId,
    payload: { organizationId: OrganizationId.parse(organizationId), userId: UserId.parse(userId) },
  });
  await audit(tx, call, {
    action,
    target: { kind: "user", id: userId },
    organizationId,
    before: { role },
  });
};
