import type { SeatSession } from "@latchkey/contracts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { toSeatSession } from "./answer-shapes.ts";
import { loadLicense } from "./load-license.ts";
import * as sessionStore from "./session-store.ts";

/** Who holds the license's seats, or held them; newest first. Throws FORBIDDEN, NOT_FOUND, BAD_REQUEST. */
export const listSessions =
  ({ database }: VerbDeps) =>
  async (
    call: Call,
    input: { licenseId: string; limit: number; cursor?: string | undefined; live: boolean },
  ): Promise<{ items: SeatSession[]; nextCursor: string | null }> => {
    const { licenseId, limit, cursor, live } = input;
    authorizeMember(call, "licenses:read");
    const after = readCursor(cursor);
    return inTransaction(database, call, async (tx) => {
      await loadLicense(tx, licenseId);
      const asked = { licenseId, live, after, limit: limit + 1 };
      return toPage(
        await sessionStore.listSessions(tx, asked),
        limit,
        ({ session }) => ({ at: session.startedAt, id: session.id }),
        toSeatSession,
      );
    });
  };
