import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";
import type { CarriedRun, WaitingEvent } from "./store.ts";

/** A job that an event asks for, at most one run of a job per event. */
export interface Reaction {
  readonly job: string;
  readonly payload: Record<string, unknown>;
}

/**
 * Turns waiting events into runs, oldest first, in one transaction: an event is relayed exactly when
 * its runs are remembered. Answers the runs to carry, and how many events it took; a crash before they
 * are carried loses nothing, since `requeueStalledRuns` finds them. Throws FORBIDDEN.
 */
export const relayEvents =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (
    call: Call,
    { plan, limit }: { plan: (event: WaitingEvent) => readonly Reaction[]; limit: number },
  ): Promise<{ relayed: number; runs: CarriedRun[] }> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) => {
      const events = await store.lockWaitingEvents(tx, limit);
      const runs = events.flatMap((event) =>
        plan(event).map(({ job, payload }) => ({
          job,
          payload,
          runKey: event.id,
          target: `event ${event.type} ${event.id}`,
          eventId: event.id,
        })),
      );
      const added = await store.insertRuns(tx, runs);
      await store.markRelayed(
        tx,
        events.map(({ id }) => id),
      );
      return { relayed: events.length, runs: added };
    });
  };
