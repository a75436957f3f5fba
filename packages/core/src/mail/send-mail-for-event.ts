import { DomainError } from "@latchkey/contracts";
import type { MailTemplate } from "@latchkey/contracts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { findEvent } from "../events/find-event.ts";
import { inTransaction } from "../transaction.ts";
import { composeMail } from "./compose-mail.ts";
import type { MailDeps } from "./deps.ts";
import { openContent, sealContent } from "./mail-content.ts";
import * as store from "./store.ts";

export interface MailOfEvent {
  readonly eventId: string;
  readonly template: MailTemplate;
  /** This is the job's last try: a mail that is not taken now has failed for good. */
  readonly final?: boolean;
}

const longestError = 500;

const describeError = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, longestError);

/** Writes the event's mails, unless they are written: the ids of what is to be sent. */
const writeMails = async (
  deps: MailDeps,
  call: Call,
  { eventId, template }: MailOfEvent,
): Promise<string[]> => {
  const { database, vault, renderMail } = deps;
  const found = await inTransaction(database, call, async (tx) => ({
    event: await findEvent(tx, eventId),
    written: await store.listMailIdsOfEvent(tx, eventId, template),
  }));
  if (found.written.length > 0) return found.written;
  if (!found.event) throw new DomainError("NOT_FOUND", {}, `There is no event ${eventId}.`);
  const composition = await composeMail(deps, call, found.event, template);
  if (!composition) return [];
  const { subject, text, html } = await renderMail(composition.request);
  const attachments = composition.attachments.map((attachment) => ({ ...attachment }));
  return inTransaction(database, call, async (tx) => {
    await store.insertMails(
      tx,
      [...new Set(composition.to.map((address) => address.toLowerCase()))].map((toAddress) => ({
        organizationId: composition.organizationId,
        eventId,
        template,
        toAddress,
        subject,
        contentCiphertext: sealContent(vault, { text, html, attachments }),
        status: "queued" as const,
        createdAt: tx.now,
      })),
    );
    return store.listMailIdsOfEvent(tx, eventId, template);
  });
};

/**
 * Sends one mail and records how it went; what went wrong is returned, for the mail's row must say so
 * before anybody throws. The row is locked while the provider is asked, so that two runs never send the
 * same mail at once.
 */
const sendMail = async (
  { database, vault, mailTransport }: MailDeps,
  call: Call,
  id: string,
  final: boolean,
): Promise<unknown> =>
  inTransaction(database, call, async (tx) => {
    const mail = await store.tryLockMail(tx, id);
    if (!mail)
      return new DomainError("UNAVAILABLE", { retryAfterSeconds: 30 }, "It is being sent.");
    if (mail.status === "sent") return null;
    const attempts = mail.attempts + 1;
    try {
      const content = openContent(vault, mail.contentCiphertext);
      await mailTransport.send({ id, to: mail.toAddress, subject: mail.subject, ...content });
    } catch (error) {
      const status = final ? "failed" : "queued";
      await store.updateMail(tx, id, { status, attempts, lastError: describeError(error) });
      return error;
    }
    await store.updateMail(tx, id, {
      status: "sent",
      attempts,
      lastError: null,
      sentAt: tx.now,
    });
    return null;
  });

/**
 * Writes and sends the mails of an event, one to each contact. What was written is kept as it was, and
 * what was sent is not sent again, so it may be repeated until all have left. Throws FORBIDDEN, NOT_FOUND,
 * and UNAVAILABLE when a provider did not take one, after trying them all.
 */
export const sendMailForEvent =
  (deps: MailDeps) =>
  async (call: Call, mail: MailOfEvent): Promise<void> => {
    authorizeSystem(call);
    const failures: unknown[] = [];
    for (const id of await writeMails(deps, call, mail)) {
      const failure = await sendMail(deps, call, id, mail.final ?? false);
      if (failure !== null) failures.push(failure);
    }
    if (failures.length === 0) return;
    const unsent = new DomainError(
      "UNAVAILABLE",
      { retryAfterSeconds: 30 },
      `${failures.length} of the mails did not leave: ${describeError(failures[0])}`,
    );
    unsent.cause = failures[0];
    throw unsent;
  };
