import { memberMay } from "@latchkey/contracts";
import type { MemberRole } from "@latchkey/contracts";

/** What the rules say about a change to who belongs: do it, nothing to do, or no and why. */
export type MemberDecision =
  | { readonly kind: "allowed" }
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "refused";
      readonly code: "FORBIDDEN" | "CONFLICT";
      readonly message: string;
      readonly remedy: string;
    };

const allowed: MemberDecision = { kind: "allowed" };

const onlyOwners = (what: string): MemberDecision => ({
  kind: "refused",
  code: "FORBIDDEN",
  message: `Only an owner may ${what}.`,
  remedy: "Ask an owner of the organization to do it.",
});

const notYours: MemberDecision = {
  kind: "refused",
  code: "FORBIDDEN",
  message: "Your role does not let you change who belongs to this organization.",
  remedy: "Ask an owner or an admin of the organization to do it.",
};

const lastOwner: MemberDecision = {
  kind: "refused",
  code: "CONFLICT",
  message: "An organization always has an owner, and this is its last one.",
  remedy: "Make another member an owner first.",
};

/** Whether somebody of `actorRole` may touch anything that has, had or gets the role of owner. */
const mayTouch = (actorRole: MemberRole, roles: readonly MemberRole[]): boolean =>
  actorRole === "owner" || !roles.includes("owner");

/** Judges an invitation to `role`; `openRole` is that of the open invitation it would replace. */
export const judgeInvitation = (facts: {
  readonly actorRole: MemberRole;
  readonly role: MemberRole;
  readonly openRole: MemberRole | null;
  readonly alreadyMember: boolean;
}): MemberDecision => {
  if (!memberMay(facts.actorRole, "members:write")) return notYours;
  const touched = facts.openRole === null ? [facts.role] : [facts.role, facts.openRole];
  if (!mayTouch(facts.actorRole, touched)) return onlyOwners("invite an owner");
  if (!facts.alreadyMember) return allowed;
  return {
    kind: "refused",
    code: "CONFLICT",
    message: "This person is a member already.",
    remedy: "Change their role in the list of members instead.",
  };
};

/** Judges the withdrawal of an open invitation to `role`. */
export const judgeWithdrawal = (actorRole: MemberRole, role: MemberRole): MemberDecision => {
  if (!memberMay(actorRole, "members:write")) return notYours;
  return mayTouch(actorRole, [role]) ? allowed : onlyOwners("withdraw an owner's invitation");
};

/** Judges a change of a member's role; `owners` counts the organization's owners before it. */
export const judgeRoleChange = (facts: {
  readonly actorRole: MemberRole;
  readonly targetRole: MemberRole;
  readonly newRole: MemberRole;
  readonly owners: number;
}): MemberDecision => {
  if (!memberMay(facts.actorRole, "members:write")) return notYours;
  if (!mayTouch(facts.actorRole, [facts.targetRole, facts.newRole])) {
    return onlyOwners("make somebody an owner or change an owner's role");
  }
  if (facts.targetRole === facts.newRole) return { kind: "unchanged" };
  if (facts.targetRole === "owner" && facts.owners <= 1) return lastOwner;
  return allowed;
};

/** Judges somebody's leaving, which needs no right but to leave another owner behind. */
export const judgeLeaving = (facts: {
  readonly role: MemberRole;
  readonly owners: number;
}): MemberDecision => (facts.role === "owner" && facts.owners <= 1 ? lastOwner : allowed);

/** Judges the removal of another member; `owners` counts the organization's owners before it. */
export const judgeRemoval = (facts: {
  readonly actorRole: MemberRole;
  readonly targetRole: MemberRole;
  readonly owners: number;
}): MemberDecision => {
  if (!memberMay(facts.actorRole, "members:write")) return notYours;
  if (!mayTouch(facts.actorRole, [facts.targetRole])) return onlyOwners("remove an owner");
  return judgeLeaving({ role: facts.targetRole, owners: facts.owners });
};
