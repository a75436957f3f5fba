import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { earliest } from "../due.ts";
import { inTransaction } from "../transaction.ts";
import * as checkoutStore from "./checkout-store.ts";
import type { BillingDeps } from "./deps.ts";
import * as subscriptionStore from "./subscription-store.ts";

/**
 * The next instant after now at which something here falls due by itself, or null: the sandbox's clock
 * stops there on its way. Throws FORBIDDEN.
 */
export const findNextDueAt =
  ({ database }: BillingDeps) =>
  async (call: Call): Promise<Date | null> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) =>
      earliest(
        await subscriptionStore.findNextTrialDueAt(tx),
        await checkoutStore.findNextCheckoutDueAt(tx),
      ),
    );
  };
