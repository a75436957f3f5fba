import { CheckoutSessionId } from "@latchkey/contracts";
import type { CreatedCheckout } from "@latchkey/contracts";
import type { CheckoutRow } from "./checkout-store.ts";

/** A checkout as it is answered to whoever opened it. */
export const toCreatedCheckout = ({
  id,
  url,
  status,
  expiresAt,
}: Pick<CheckoutRow, "id" | "url" | "status" | "expiresAt">): CreatedCheckout => ({
  id: CheckoutSessionId.parse(id),
  url,
  status,
  expiresAt: expiresAt.toISOString(),
});
