import type { BillingInterval, Features, Limits, Money } from "@latchkey/contracts";

/** What is bought: one version of a plan at one price. */
export interface Offer {
  readonly planVersionId: string;
  readonly planSlug: string;
  readonly planName: string;
  readonly version: number;
  readonly product: {
    readonly id: string;
    readonly name: string;
    readonly slug: string;
    readonly keyPrefix: string;
  };
  readonly interval: BillingInterval;
  readonly price: Money;
  readonly maxSeats: number;
  /** null is unlimited. */
  readonly maxMachines: number | null;
  readonly trialDays: number;
  readonly features: Features;
  readonly limits: Limits;
}
