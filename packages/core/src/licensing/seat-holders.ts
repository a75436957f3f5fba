import type { ErrorDetails } from "@latchkey/contracts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { LicensingDeps } from "./deps.ts";
import * as sessionStore from "./session-store.ts";

type Holders = ErrorDetails<"SEATS_EXHAUSTED">["holders"];

/** As many as fit on a screen. */
const limit = 100;

/** Who holds the seats, for members of the license's organization; undefined for everybody else. */
export const findSeatHolders =
  ({ database }: Pick<LicensingDeps, "database">) =>
  async (
    call: Call,
    license: { readonly id: string; readonly organizationId: string },
  ): Promise<Holders> => {
    const { actor } = call;
    if (actor.kind !== "member" || actor.organizationId !== license.organizationId)
      return undefined;
    const rows = await inTransaction(database, call, (tx) =>
      sessionStore.listSessions(tx, { licenseId: license.id, live: true, after: null, limit }),
    );
    return rows.map(({ session, machineName }) => ({
      machineName,
      startedAt: session.startedAt.toISOString(),
      lastHeartbeatAt: session.lastHeartbeatAt.toISOString(),
    }));
  };
