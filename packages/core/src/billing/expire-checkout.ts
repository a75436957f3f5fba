import { audit } from "../audit/audit.ts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { DueRow } from "../due.ts";
import { inTransaction } from "../transaction.ts";
import { factsOf, finishCharge, lockCheckout } from "./charge-checkout.ts";
import { checkoutStatusAt } from "./checkout-rules.ts";
import type { BillingDeps } from "./deps.ts";
import * as checkoutStore from "./checkout-store.ts";

/** The open checkouts that ran out, oldest first. Throws FORBIDDEN. */
export const listDueCheckouts =
  ({ database }: BillingDeps) =>
  async (call: Call, { limit }: { limit: number }): Promise<DueRow[]> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => checkoutStore.listDueCheckouts(tx, limit));
  };

/**
 * Closes a checkout that ran out; one that is paid, closed or not yet due stays as it is. A charge that
 * was begun and never stored is finished first: what was paid is delivered, also when it is late.
 * Throws FORBIDDEN, NOT_FOUND, GATEWAY_UNAVAILABLE.
 */
export const expireCheckout =
  (deps: BillingDeps) =>
  async (call: Call, { checkoutSessionId }: { checkoutSessionId: string }): Promise<void> => {
    authorizeSystem(call);
    await finishCharge(deps, call, checkoutSessionId);
    await inTransaction(deps.database, call, async (tx) => {
      const checkout = await lockCheckout(tx, checkoutSessionId);
      const ranOut = checkoutStatusAt(factsOf(checkout), tx.now) === "expired";
      if (checkout.status !== "open" || !ranOut) return;
      await checkoutStore.updateCheckout(tx, checkout.id, { status: "expired", dueAt: null });
      await audit(tx, call, {
        action: "checkout.expire",
        target: { kind: "checkout", id: checkout.id },
        organizationId: checkout.organizationId,
      });
    });
  };
