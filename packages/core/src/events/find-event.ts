import { eventCatalogue } from "@latchkey/contracts";
import type { EventPayload, EventType } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { outboxEvents } from "@latchkey/db/schema";
import { eq } from "drizzle-orm";
import type { z } from "zod";

/** An event as it was stored, for whoever reacts to it. */
export interface StoredEvent {
  readonly id: string;
  readonly type: EventType;
  readonly organizationId: string | null;
  readonly payload: Record<string, unknown>;
}

export const findEvent = async (tx: Tx, id: string): Promise<StoredEvent | null> => {
  const [row] = await tx.db
    .select({
      id: outboxEvents.id,
      type: outboxEvents.type,
      organizationId: outboxEvents.organizationId,
      payload: outboxEvents.payload,
    })
    .from(outboxEvents)
    .where(eq(outboxEvents.id, id));
  return row ?? null;
};

const schemas: { readonly [Type in EventType]: z.ZodType<EventPayload<Type>> } = eventCatalogue;

/** The payload of an event that must be of this type. Throws Error where it is of another. */
export const payloadOf = <Type extends EventType>(
  event: StoredEvent,
  type: Type,
): EventPayload<Type> => {
  if (event.type !== type) throw new Error(`Event ${event.id} is ${event.type}, not ${type}.`);
  return schemas[type].parse(event.payload);
};
