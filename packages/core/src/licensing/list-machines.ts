import type { Machine } from "@latchkey/contracts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { toMachine } from "./answer-shapes.ts";
import { loadLicense } from "./load-license.ts";
import * as machineStore from "./machine-store.ts";

/** The active machines of a license, newest first. Throws FORBIDDEN, NOT_FOUND, BAD_REQUEST. */
export const listMachines =
  ({ database }: VerbDeps) =>
  async (
    call: Call,
    input: { licenseId: string; limit: number; cursor?: string | undefined },
  ): Promise<{ items: Machine[]; nextCursor: string | null }> => {
    const { licenseId, limit, cursor } = input;
    authorizeMember(call, "licenses:read");
    const after = readCursor(cursor);
    return inTransaction(database, call, async (tx) => {
      await loadLicense(tx, licenseId);
      const rows = await machineStore.listActiveMachines(tx, {
        licenseId,
        after,
        limit: limit + 1,
      });
      return toPage(
        rows,
        limit,
        ({ machine }) => ({ at: machine.activatedAt, id: machine.id }),
        ({ machine, lastHeartbeatAt }) => toMachine(machine, lastHeartbeatAt),
      );
    });
  };
