import { SubscriptionId } from "@latchkey/contracts";
import { z } from "zod";
import { defineJob } from "../job.ts";

export const endTrial = defineJob({
  name: "end-trial",
  payload: z.strictObject({ subscriptionId: SubscriptionId }),
  retry: { attempts: 12, firstWaitMs: 1_000 },
  run: (core, call, payload) => core.billing.endTrial(call, payload),
});
