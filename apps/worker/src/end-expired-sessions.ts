import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";

const batchSize = 1_000;

/**
 * Ends every session whose lease ran out, in batches. No run of its own is remembered: the rows say
 * what is left to do, and one row of history for each second would tell nobody anything.
 */
export const endExpiredSessions = async ({ licensing }: Core): Promise<number> => {
  let total = 0;
  for (let full = true; full;) {
    const { ended } = await licensing.endExpiredSessions(systemCall("end-expired-sessions"), {
      limit: batchSize,
    });
    total += ended;
    full = ended === batchSize;
  }
  return total;
};
