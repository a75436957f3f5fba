import type { SessionEndReason } from "@latchkey/contracts";
import type { LicenseBar } from "./validation-rules.ts";

/** What is known, under the license's lock, of a heartbeat whose session did not simply move. */
export interface RenewalFacts {
  readonly bar: LicenseBar | null;
  readonly machineBanned: boolean;
  readonly machineDeactivated: boolean;
  /** Null while the session still holds its seat. */
  readonly endReason: SessionEndReason | null;
  /** Whether the machine got another session meanwhile. */
  readonly machineHasOther: boolean;
}

export type RenewalDecision =
  /** The session keeps the seat that it holds, or takes one again where one is free. */
  | { readonly kind: "renew" }
  | { readonly kind: "not_usable"; readonly code: LicenseBar | "FINGERPRINT_BANNED" }
  | { readonly kind: "ended"; readonly endReason: SessionEndReason };

/** Decides what becomes of such a session: one that ended because it expired may come back. */
export const decideRenewal = (facts: RenewalFacts): RenewalDecision => {
  const { bar, endReason } = facts;
  if (bar) return { kind: "not_usable", code: bar };
  if (facts.machineBanned) return { kind: "not_usable", code: "FINGERPRINT_BANNED" };
  if (facts.machineDeactivated) return { kind: "ended", endReason: "machine_deactivated" };
  if (endReason === null) return { kind: "renew" };
  if (endReason !== "expired" || facts.machineHasOther) return { kind: "ended", endReason };
  return { kind: "renew" };
};

/** What the end of a session tells the person who lost it. */
export const endDetails: Record<SessionEndReason, string> = {
  released: "This seat was given back. Acquire one again.",
  expired: "This session expired, and the machine has another one by now.",
  ended_by_member: "A member of the organization ended this session.",
  ended_by_staff: "The vendor ended this session.",
  machine_deactivated: "This machine was taken off the license. Activate it again.",
  license_suspended: "This session ended when its license was suspended. Acquire a seat again.",
  license_revoked: "This session ended when its license was revoked.",
  license_expired: "This session ended when its license expired. Acquire a seat again.",
  seats_reduced: "The license has fewer seats now. Acquire a seat when one is free.",
};
