import { DomainError } from "@latchkey/contracts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { BillingDeps } from "./deps.ts";
import * as subscriptionStore from "./subscription-store.ts";

/** Whose subscription it is, and to what, for mails. Throws FORBIDDEN, NOT_FOUND. */
export const describeSubscription =
  ({ database }: BillingDeps) =>
  async (
    call: Call,
    subscriptionId: string,
  ): Promise<
    Pick<subscriptionStore.SubscriptionRow, "id" | "organizationId" | "planVersionId" | "status">
  > => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) => {
      const subscription = await subscriptionStore.findSubscription(tx, subscriptionId);
      if (!subscription) throw new DomainError("NOT_FOUND", {});
      const { id, organizationId, planVersionId, status } = subscription;
      return { id, organizationId, planVersionId, status };
    });
  };
