import type { MailStatus, MailTemplate } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { mails } from "@latchkey/db/schema";
import { and, asc, desc, eq } from "drizzle-orm";
import { olderThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type MailRow = typeof mails.$inferSelect;

/** Keeps what was written first for the same event, template and address. */
export const insertMails = async (
  tx: Tx,
  rows: readonly (typeof mails.$inferInsert)[],
): Promise<void> => {
  if (rows.length > 0)
    await tx.db
      .insert(mails)
      .values([...rows])
      .onConflictDoNothing();
};

export const listMailIdsOfEvent = async (
  tx: Tx,
  eventId: string,
  template: MailTemplate,
): Promise<string[]> => {
  const rows = await tx.db
    .select({ id: mails.id })
    .from(mails)
    .where(and(eq(mails.eventId, eventId), eq(mails.template, template)))
    .orderBy(asc(mails.id));
  return rows.map(({ id }) => id);
};

/** The mail, locked, or null while somebody else holds it. */
export const tryLockMail = async (tx: Tx, id: string): Promise<MailRow | null> => {
  const [row] = await tx.db
    .select()
    .from(mails)
    .where(eq(mails.id, id))
    .for("update", { skipLocked: true });
  return row ?? null;
};

export const updateMail = async (
  tx: Tx,
  id: string,
  changes: Partial<typeof mails.$inferInsert>,
): Promise<void> => {
  await tx.db.update(mails).set(changes).where(eq(mails.id, id));
};

/** Mails, newest first; `to` is in lower case, as stored. */
export const listMails = async (
  tx: Tx,
  {
    status,
    to,
    after,
    limit,
  }: {
    readonly status: MailStatus | undefined;
    readonly to: string | undefined;
    readonly after: Position | null;
    readonly limit: number;
  },
): Promise<MailRow[]> =>
  tx.db
    .select()
    .from(mails)
    .where(
      and(
        status && eq(mails.status, status),
        to === undefined ? undefined : eq(mails.toAddress, to),
        olderThan(mails.createdAt, mails.id, after),
      ),
    )
    .orderBy(desc(mails.createdAt), desc(mails.id))
    .limit(limit);
