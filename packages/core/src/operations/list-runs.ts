import { EventId } from "@latchkey/contracts";
import type { JobRun, adminContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

type Row = Awaited<ReturnType<typeof store.listRuns>>[number];

const toJobRun = (row: Row): JobRun => ({
  id: row.id,
  job: row.job,
  target: row.target,
  eventId: row.eventId === null ? null : EventId.parse(row.eventId),
  status: row.status,
  attempts: row.attempts,
  lastError: row.lastError,
  queuedAt: row.queuedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

/** What ran in the background, newest first. Throws UNAUTHENTICATED, FORBIDDEN, BAD_REQUEST. */
export const listRuns =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (
    call: Call,
    { limit, cursor, status }: z.infer<(typeof adminContract)["jobs"]["list"]["input"]>,
  ) => {
    authorizeStaff(call, "staff:read");
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      store.listRuns(tx, { status }, after, limit + 1),
    );
    return toPage(rows, limit, ({ queuedAt, id }) => ({ at: queuedAt, id }), toJobRun);
  };
