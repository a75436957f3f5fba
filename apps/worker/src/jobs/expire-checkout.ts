import { CheckoutSessionId } from "@latchkey/contracts";
import { z } from "zod";
import { defineJob } from "../job.ts";

export const expireCheckout = defineJob({
  name: "expire-checkout",
  payload: z.strictObject({ checkoutSessionId: CheckoutSessionId }),
  retry: { attempts: 12, firstWaitMs: 1_000 },
  run: (core, call, payload) => core.billing.expireCheckout(call, payload),
});
