import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";
import type { Carrier } from "./carrier.ts";
import type { Reactions } from "./reactions.ts";

const batchSize = 200;

/** Relays every event that waits. What cannot be carried now is remembered and swept up later. */
export const relay = async (
  { operations }: Core,
  carrier: Carrier,
  reactions: Reactions,
): Promise<void> => {
  for (let full = true; full;) {
    const { relayed, runs } = await operations.relayEvents(systemCall("relay"), {
      plan: (event) => reactions[event.type](event),
      limit: batchSize,
    });
    await carrier.carry(runs);
    full = relayed === batchSize;
  }
};
