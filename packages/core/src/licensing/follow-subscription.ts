import type { Offer } from "../catalog/index.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as licenseStore from "./license-store.ts";
import { lockLicense } from "./load-license.ts";
import { settleLicense } from "./settle-license.ts";
import type { LicenseChanges } from "./settle-license.ts";

export interface FollowSubscription {
  readonly subscriptionId: string;
  readonly trial: boolean;
  readonly paidUntil: Date | null;
  readonly graceEndsAt: Date | null;
  readonly suspendedByDunning: boolean;
  /** Over for good: canceled, or a trial that nobody paid for. */
  readonly ended: boolean;
  /** Given when the subscription is on another plan now: the license grants what that plan does. */
  readonly offer?: Offer;
}

const sameInstant = (one: Date | null, other: Date | null): boolean =>
  one?.getTime() === other?.getTime();

/**
 * Makes the license mirror what is paid: the only door by which money moves a license. Following the
 * same subscription again changes nothing. A subscription without a license is nothing to follow.
 */
export const followSubscription =
  (deps: VerbDeps) =>
  async (call: Call, subscription: FollowSubscription): Promise<void> => {
    const { trial, paidUntil, graceEndsAt, suspendedByDunning, ended, offer } = subscription;
    const settled = await inTransaction(deps.database, call, async (tx) => {
      const id = await licenseStore.findLicenseIdOfSubscription(tx, subscription.subscriptionId);
      if (id === null) return null;
      const before = await lockLicense(tx, id);
      const changes: LicenseChanges = {
        trial,
        paidUntil,
        graceEndsAt,
        suspendedByDunningAt: suspendedByDunning ? (before.suspendedByDunningAt ?? tx.now) : null,
        endedAt: ended ? (before.endedAt ?? tx.now) : null,
        ...(offer && {
          planVersionId: offer.planVersionId,
          maxSeats: offer.maxSeats,
          maxMachines: offer.maxMachines,
          features: offer.features,
          limits: offer.limits,
        }),
      };
      const unchanged =
        before.trial === trial &&
        sameInstant(before.paidUntil, paidUntil) &&
        sameInstant(before.graceEndsAt, graceEndsAt) &&
        (before.suspendedByDunningAt !== null) === suspendedByDunning &&
        (before.endedAt !== null) === ended &&
        (!offer || offer.planVersionId === before.planVersionId);
      if (unchanged) return null;
      return settleLicense(tx, call, before, changes, { action: "license.follow_subscription" });
    });
    if (!settled) return;
    deps.keyHolders.forget(settled.license.id);
    void deps.seatCache.release(settled.license.id, settled.endedMachineIds);
  };
