import type { Tx } from "@latchkey/db";
import { auditEntries } from "@latchkey/db/schema";
import { and, desc, eq } from "drizzle-orm";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export const listEntries = async (
  tx: Tx,
  filter: { readonly organizationId: string | undefined; readonly targetId: string | undefined },
  after: Position | null,
  limit: number,
) =>
  tx.db
    .select()
    .from(auditEntries)
    .where(
      and(
        filter.organizationId === undefined
          ? undefined
          : eq(auditEntries.organizationId, filter.organizationId),
        filter.targetId === undefined ? undefined : eq(auditEntries.targetId, filter.targetId),
        olderThan(auditEntries.at, auditEntries.id, after),
      ),
    )
    .orderBy(desc(auditEntries.at), desc(auditEntries.id))
    .limit(limit);
