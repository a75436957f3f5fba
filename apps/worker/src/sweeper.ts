import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";
import type { Carrier } from "./carrier.ts";

const batchSize = 500;

/**
 * Carries again what PostgreSQL remembers as unfinished and nobody spoke of for a while: Redis lost it,
 * or the worker that had it died. What Redis still has is carried once all the same.
 */
export const sweep = async (
  { operations }: Core,
  carrier: Carrier,
  silentSeconds: number,
): Promise<void> => {
  const system = systemCall("sweep");
  for (let full = true; full;) {
    const runs = await operations.requeueStalledRuns(system, { silentSeconds, limit: batchSize });
    const carried = await carrier.carry(runs);
    full = carried && runs.length === batchSize;
  }
};
