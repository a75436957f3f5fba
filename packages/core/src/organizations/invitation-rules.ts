/** How long a mailed invitation can be accepted. */
export const invitationLifetimeSeconds = 7 * 24 * 60 * 60;

export interface InvitationState {
  readonly email: string;
  readonly expiresAt: Date;
  readonly acceptedAt: Date | null;
  readonly revokedAt: Date | null;
}

export type AcceptanceDecision =
  | { readonly kind: "join" }
  /** A member already: the invitation is closed and their role stays. */
  | { readonly kind: "close" }
  | { readonly kind: "unchanged" }
  | {
      readonly kind: "refused";
      readonly code: "FORBIDDEN" | "CONFLICT";
      readonly message: string;
      readonly remedy: string;
    };

const conflict = (message: string): AcceptanceDecision => ({
  kind: "refused",
  code: "CONFLICT",
  message,
  remedy: "Ask an owner or admin of the organization to invite you again.",
});

/** Whether an invitation can still be accepted at `now`. */
export const isOpen = (invitation: InvitationState, now: Date): boolean =>
  invitation.acceptedAt === null && invitation.revokedAt === null && invitation.expiresAt > now;

/**
 * Judges the acceptance by a person with `email`. Whoever is not the one invited learns nothing about
 * the invitation; a link that was used brings nobody back who was removed since.
 */
export const judgeAcceptance = (facts: {
  readonly invitation: InvitationState;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly alreadyMember: boolean;
  readonly now: Date;
}): AcceptanceDecision => {
  const { invitation } = facts;
  if (facts.email.toLowerCase() !== invitation.email) {
    return {
      kind: "refused",
      code: "FORBIDDEN",
      message: "This invitation is for another mail address.",
      remedy: "Sign in with the address that the invitation was mailed to.",
    };
  }
  if (!facts.emailVerified) {
    return {
      kind: "refused",
      code: "FORBIDDEN",
      message: "Your mail address is not verified.",
      remedy: "Follow the link in the mail that verifies your address, then accept again.",
    };
  }
  if (invitation.acceptedAt !== null) {
    return facts.alreadyMember ? { kind: "unchanged" } : conflict("This invitation was used.");
  }
  if (invitation.revokedAt !== null) return conflict("This invitation was withdrawn.");
  if (!isOpen(invitation, facts.now)) return conflict("This invitation has expired.");
  return { kind: facts.alreadyMember ? "close" : "join" };
};
