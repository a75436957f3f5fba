import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as sessionEndStore from "./session-end-store.ts";

/**
 * Looks at the next `limit` sessions after the id `after`, null for the first, and ends those that have expired,
 * so that history says when they ended. `next` is where to look on, null at the end. Nobody waits for it, since
 * who wants a seat ends the license's expired sessions first. Emits nothing: leases run out in floods, after an
 * outage of ours or when an office closes, and `sessions` holds the same facts. Throws FORBIDDEN.
 */
export const endExpiredSessions =
  ({ database }: Pick<VerbDeps, "database">) =>
  async (
    call: Call,
    part: { after: string | null; limit: number },
  ): Promise<{ ended: number; next: string | null }> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) => {
      const { ids, last } = await sessionEndStore.findExpired(tx, part);
      const ended = ids.length === 0 ? [] : await sessionEndStore.endExpiredOf(tx, ids);
      return { ended: ended.length, next: last };
    });
  };
