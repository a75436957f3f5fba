import type { CheckoutSessionId, CreatedCheckout } from "@latchkey/contracts";
import { checkoutTtlHours } from "./checkout-rules.ts";
import type { CheckoutRow } from "./store.ts";

/** When a checkout that is opened at `now` runs out. */
export const expiryOf = (now: Date): Date => new Date(now.getTime() + checkoutTtlHours * 3_600_000);

/** A checkout as it is answered to whoever opened it. */
export const toCreatedCheckout = ({
  id,
  url,
  status,
  expiresAt,
}: Pick<CheckoutRow, "id" | "url" | "status" | "expiresAt">): CreatedCheckout => ({
  id: id as CheckoutSessionId,
  url,
  status,
  expiresAt: expiresAt.toISOString(),
});
