import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import * as licenseStore from "./license-store.ts";
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
