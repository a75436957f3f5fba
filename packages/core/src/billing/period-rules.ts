import type { BillingInterval } from "@latchkey/contracts";
import { Temporal } from "temporal-polyfill";

/** Half-open: the end belongs to the next period. */
export interface Period {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const inUtc = (at: Date): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO("UTC");

const edge = (anchorAt: Date, interval: BillingInterval, count: number): Date => {
  const duration = interval === "month" ? { months: count } : { years: count };
  return new Date(inUtc(anchorAt).add(duration, { overflow: "constrain" }).epochMilliseconds);
};

/**
 * Period `index` (0 is the first) of a subscription with this anchor (money.md R2): the anchor plus
 * `index` intervals to the anchor plus one more, in UTC, the time of day kept. A day that the month
 * lacks becomes its last day; since every edge is counted from the anchor, that is never remembered
 * (31 January, 28 February, 31 March).
 */
export const periodAt = (anchorAt: Date, interval: BillingInterval, index: number): Period => ({
  startsAt: edge(anchorAt, interval, index),
  endsAt: edge(anchorAt, interval, index + 1),
});

/** The instant `days` calendar days later, in UTC. */
export const daysAfter = (at: Date, days: number): Date =>
  new Date(inUtc(at).add({ days }).epochMilliseconds);
