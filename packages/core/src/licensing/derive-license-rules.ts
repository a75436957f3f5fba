import type { LicenseStatus } from "@latchkey/contracts";

/** All that decides what a license is; who pays and who overrides writes these and nothing else. */
export interface LicenseFacts {
  /** What pays for it, and says so when it no longer does; null for a license that staff gave. */
  readonly subscriptionId: string | null;
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

/**
 * How long a license that a subscription pays for waits for its word past its end. A period's end and its
 * collection fall due at the same instant, and the collection takes a worker, a gateway and its time:
 * none of these being slow or away may stop a customer who pays.
 */
export const collectionWaitSeconds = 86_400;

/** When a license stops by itself, told or not: its expiry, and the wait for a collection. */
export const stopsAt = ({
  expiresAt,
  subscriptionId,
}: Pick<LicenseFacts, "subscriptionId"> & { readonly expiresAt: Date | null }): Date | null =>
  expiresAt && subscriptionId !== null
    ? new Date(expiresAt.getTime() + collectionWaitSeconds * 1000)
    : expiresAt;

const statusAt = (facts: LicenseFacts, now: Date): LicenseStatus => {
  const { graceEndsAt, subscriptionId } = facts;
  const expiresAt = expiryOf(facts);
  const stops = stopsAt({ expiresAt, subscriptionId });
  if (facts.revokedAt) return "revoked";
  if (facts.suspendedByStaffAt || facts.suspendedByDunningAt) return "suspended";
  if (facts.endedAt || (stops && stops <= now)) return "expired";
  // Past its end too, what was in grace stays so until the next collection is through.
  if (graceEndsAt && (now < graceEndsAt || (expiresAt && expiresAt <= now))) return "past_due";
  return "active";
};

/**
 * What a license is at `now`. A suspended one stays so past its expiry: it says the more while
 * somebody must act, and expires when the suspension is lifted.
 */
export const deriveLicense = (facts: LicenseFacts, now: Date): DerivedLicense => {
  const status = statusAt(facts, now);
  const expiresAt = expiryOf(facts);
  const stops = stopsAt({ expiresAt, subscriptionId: facts.subscriptionId });
  const changes = [facts.graceEndsAt, expiresAt, stops]
    .filter((at) => at !== null)
    .filter((at) => at > now && statusAt(facts, at) !== status)
    .toSorted((one, other) => one.getTime() - other.getTime());
  return { status, expiresAt, dueAt: changes[0] ?? null };
};
