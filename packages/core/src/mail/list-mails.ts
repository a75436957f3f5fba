import { DomainError, MailTemplate } from "@latchkey/contracts";
import type { AdminMail, SandboxMail, adminContract, sandboxContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { MailDeps } from "./deps.ts";
import { openContent } from "./mail-content.ts";
import * as store from "./store.ts";

const positionOf = ({ createdAt, id }: store.MailRow) => ({ at: createdAt, id });

const toAdminMail = (row: store.MailRow): AdminMail => ({
  id: row.id,
  to: row.toAddress,
  subject: row.subject,
  template: MailTemplate.parse(row.template),
  status: row.status,
  attempts: row.attempts,
  lastError: row.lastError,
  createdAt: row.createdAt.toISOString(),
  sentAt: row.sentAt?.toISOString() ?? null,
});

/** Every mail with its state, newest first, and nothing of what it says. Throws FORBIDDEN, BAD_REQUEST. */
export const listMails =
  ({ database }: MailDeps) =>
  async (
    call: Call,
    { limit, cursor, status, to }: z.infer<typeof adminContract.mails.list.input>,
  ): Promise<z.infer<typeof adminContract.mails.list.output>> => {
    authorizeStaff(call, "staff:read");
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      store.listMails(tx, { status, to, after, limit: limit + 1 }),
    );
    return toPage(rows, limit, positionOf, toAdminMail);
  };

/**
 * The mails that the sandbox sent, newest first, opened. Throws FORBIDDEN, BAD_REQUEST, and NOT_FOUND
 * outside the sandbox, where what a mail says is for its receiver alone.
 */
export const readOutbox =
  ({ database, settings, vault }: MailDeps) =>
  async (
    call: Call,
    { limit, cursor, to }: z.infer<typeof sandboxContract.outbox.input>,
  ): Promise<z.infer<typeof sandboxContract.outbox.output>> => {
    authorizeStaff(call, "staff:read");
    if (settings.mode !== "sandbox") throw new DomainError("NOT_FOUND", {});
    const after = readCursor(cursor);
    const rows = await inTransaction(database, call, (tx) =>
      store.listMails(tx, { status: "sent", to, after, limit: limit + 1 }),
    );
    return toPage(rows, limit, positionOf, (row): SandboxMail => {
      const { text, html, attachments } = openContent(vault, row.contentCiphertext);
      return {
        id: row.id,
        to: row.toAddress,
        subject: row.subject,
        template: MailTemplate.parse(row.template),
        text,
        html,
        attachments: attachments.map(({ filename, content }) => ({ filename, content })),
        sentAt: row.sentAt?.toISOString() ?? null,
      };
    });
  };
