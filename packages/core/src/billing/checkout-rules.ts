import type { CheckoutStatus } from "@latchkey/contracts";

/** How long a payment page may be paid; Stripe's own pages live as long. */
const checkoutTtlHours = 24;

/** When a checkout that is opened at `now` runs out. */
export const checkoutExpiresAt = (now: Date): Date =>
  new Date(now.getTime() + checkoutTtlHours * 3_600_000);

/** A card, and whether the person just answered their bank's question about it. */
export interface CardChoice {
  readonly methodReference: string;
  readonly authenticated: boolean;
}

export interface CheckoutFacts {
  readonly status: CheckoutStatus;
  readonly expiresAt: Date;
  /** The card of a charge whose outcome is not stored yet. */
  readonly charging: CardChoice | null;
}

/** How a checkout stands: one that ran out is expired, also before the worker has noticed. */
export const checkoutStatusAt = (
  { status, expiresAt, charging }: CheckoutFacts,
  now: Date,
): CheckoutStatus =>
  status === "open" && charging === null && expiresAt <= now ? "expired" : status;

export const sameCard = (one: CardChoice, other: CardChoice): boolean =>
  one.methodReference === other.methodReference && one.authenticated === other.authenticated;

/** What a wish to pay comes to. */
export type PaymentDecision =
  | { readonly kind: "complete" }
  | { readonly kind: "expired" }
  /** Charge this card; `begun` tells that its charge was begun before, by somebody who may be gone. */
  | { readonly kind: "charge"; readonly card: CardChoice; readonly begun: boolean };

/**
 * Decides which card to charge. A charge whose outcome is unknown is repeated first, also after the
 * checkout ran out: it may have succeeded, and then no other card may be charged.
 */
export const decidePayment = (
  checkout: CheckoutFacts,
  wished: CardChoice,
  now: Date,
): PaymentDecision => {
  if (checkout.status === "complete") return { kind: "complete" };
  if (checkout.status === "open" && checkout.charging !== null) {
    return { kind: "charge", card: checkout.charging, begun: true };
  }
  if (checkoutStatusAt(checkout, now) === "expired") return { kind: "expired" };
  return { kind: "charge", card: wished, begun: false };
};

/**
 * The gateway's idempotency key of a checkout's charge is this and the number of the attempt. Only the
 * failures of the same card, stored before it, count as attempts: so a charge that was made but not
 * stored keeps its key whatever else happens, and one that was declined may be tried anew.
 */
export const chargeKeyPrefix = (
  checkoutSessionId: string,
  { methodReference, authenticated }: CardChoice,
): string =>
  `checkout:${checkoutSessionId}:${methodReference}:${authenticated ? "authenticated" : "unasked"}:`;
