import { OrganizationId } from "@latchkey/contracts";
import type { AuditEntry, adminContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

type Row = Awaited<ReturnType<typeof store.listEntries>>[number];

const toAuditEntry = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actor: { kind: row.actorKind, id: row.actorId, label: row.actorLabel },
  action: row.action,
  targetKind: row.targetKind,
  targetId: row.targetId,
  organizationId: row.organizationId === null ? null : OrganizationId.parse(row.organizationId),
  before: row.before,
  after: row.after,
  address: row.address,
  requestId: row.requestId,
});

/** Who did what, newest first. Throws UNAUTHENTICATED, FORBIDDEN, BAD_REQUEST. */
export const listAuditEntries =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (call: Call, input: z.infer<(typeof adminContract)["audit"]["list"]["input"]>) => {
    authorizeStaff(call, "staff:read");
    const { limit, cursor, organizationId, targetId } = input;
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      store.listEntries(tx, { organizationId, targetId }, after, limit + 1),
    );
    return toPage(rows, limit, ({ at, id }) => ({ at, id }), toAuditEntry);
  };
