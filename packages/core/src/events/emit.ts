import { eventCatalogue } from "@latchkey/contracts";
import type { EventPayload, EventType } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { outboxEvents } from "@latchkey/db/schema";
import type { Call } from "../call.ts";

/** A fact to tell, and the organization that it is about (null for none). */
export interface Emission<Type extends EventType> {
  readonly type: Type;
  readonly organizationId: string | null;
  readonly payload: EventPayload<Type>;
}

/** Writes an event in the transaction whose change it reports; the worker relays it after the commit. */
export const emit = async <Type extends EventType>(
  tx: Tx,
  call: Call,
  { type, organizationId, payload }: Emission<Type>,
): Promise<string> => {
  const id = newId();
  await tx.db.insert(outboxEvents).values({
    id,
    type,
    organizationId,
    payload: eventCatalogue[type].parse(payload),
    requestId: call.requestId,
    occurredAt: tx.now,
  });
  return id;
};
