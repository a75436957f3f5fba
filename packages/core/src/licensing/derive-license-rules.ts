import type { LicenseStatus } from "@latchkey/contracts";

/** All that decides what a license is; who pays and who overrides writes these and nothing else. */
export interface LicenseFacts {
  /** The end of what is paid; null never ends. */
  readonly paidUntil: Date | null;
  /** The end of the running payment grace (money.md R18), if one runs. */
  readonly graceEndsAt: Date | null;
  readonly suspendedByStaffAt: Date | null;
  readonly suspendedByDunningAt: Date | null;
  /** When its subscription was over for good. */
  readonly endedAt: Date | null;
  readonly revokedAt: Date | null;
}

export interface DerivedLicense {
  readonly status: LicenseStatus;
  /** When it stops by itself: the later of paidUntil and graceEndsAt; null never. */
  readonly expiresAt: Date | null;
  /** The next instant at which the status changes by itself; null when none does. */
  readonly dueAt: Date | null;
}

const later = (one: Date, other: Date | null): Date => (other && other > one ? other : one);

const expiryOf = ({ paidUntil, graceEndsAt }: LicenseFacts): Date | null =>
  paidUntil && later(paidUntil, graceEndsAt);

const statusAt = (facts: LicenseFacts, now: Date): LicenseStatus => {
  const expiresAt = expiryOf(facts);
  if (facts.revokedAt) return "revoked";
  if (facts.suspendedByStaffAt || facts.suspendedByDunningAt) return "suspended";
  if (facts.endedAt || (expiresAt && expiresAt <= now)) return "expired";
  if (facts.graceEndsAt && now < facts.graceEndsAt) return "past_due";
  return "active";
};

/**
 * What a license is at `now`. A suspended one stays so past its expiry: it says the more while
 * somebody must act, and expires when the suspension is lifted.
 */
export const deriveLicense = (facts: LicenseFacts, now: Date): DerivedLicense => {
  const status = statusAt(facts, now);
  const expiresAt = expiryOf(facts);
  const changes = [facts.graceEndsAt, expiresAt]
    .filter((at) => at !== null)
    .filter((at) => at > now && statusAt(facts, at) !== status)
    .toSorted((one, other) => one.getTime() - other.getTime());
  return { status, expiresAt, dueAt: changes[0] ?? null };
};
