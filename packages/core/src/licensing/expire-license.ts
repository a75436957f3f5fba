import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as licenseStore from "./license-store.ts";
import * as sessionEndStore from "./session-end-store.ts";
import { lockLicense } from "./load-license.ts";
import { settleLicense } from "./settle-license.ts";

/** Licenses whose status changes by itself by now, the longest due first. Throws FORBIDDEN. */
export const listDueLicenses =
  ({ database }: Pick<VerbDeps, "database">) =>
  async (call: Call, { limit }: { limit: number }): Promise<{ id: string; dueAt: Date }[]> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => licenseStore.listDueLicenses(tx, limit));
  };

/**
 * Does what is due of a license: it expires and its sessions end. One that is no longer due, having been
 * paid, suspended or expired meanwhile, stays as it is. Throws FORBIDDEN, NOT_FOUND.
 */
export const expireLicense =
  (deps: VerbDeps) =>
  async (call: Call, { licenseId }: { licenseId: string }): Promise<void> => {
    authorizeSystem(call);
    const settled = await inTransaction(deps.database, call, async (tx) => {
      const before = await lockLicense(tx, licenseId);
      if (!before.dueAt || before.dueAt > tx.now) return null;
      return settleLicense(tx, call, before, {}, { action: "license.expire" });
    });
    if (!settled) return;
    deps.keyHolders.forget(licenseId);
    void deps.seatCache.release(licenseId, settled.endedMachineIds);
  };

/**
 * Ends the expired ones of the next `look` sessions after the id `after`, null for the first, so that history
 * says when they ended. `next` is where to look on, null at the end. Nobody waits for it, since who wants a
 * seat ends the license's expired sessions first. Emits nothing: leases run out in floods, after an outage of ours or
 * when an office closes, and `sessions` holds the same facts. Throws FORBIDDEN.
 */
export const endExpiredSessions =
  ({ database }: Pick<VerbDeps, "database">) =>
  async (
    call: Call,
    part: { after: string | null; look: number },
  ): Promise<{ ended: number; next: string | null }> => {
    authorizeSystem(call);
    return inTransaction(database, call, async (tx) => {
      const { ids, last } = await sessionEndStore.lookForExpired(tx, part);
      const ended = ids.length === 0 ? [] : await sessionEndStore.endExpiredOf(tx, ids);
      return { ended: ended.length, next: last };
    });
  };
