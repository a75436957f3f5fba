import type { MailDeps } from "./deps.ts";
import { listMails, readOutbox } from "./list-mails.ts";
import {
  reportRepeatedSignUp,
  requestPasswordReset,
  requestVerification,
} from "./request-account-mail.ts";
import { sendMailForEvent } from "./send-mail-for-event.ts";

/** Mails: written from events, kept with their state, sent by the transport. */
export const createMail = (deps: MailDeps) => ({
  sendMailForEvent: sendMailForEvent(deps),
  requestVerification: requestVerification(deps),
  requestPasswordReset: requestPasswordReset(deps),
  reportRepeatedSignUp: reportRepeatedSignUp(deps),
  listMails: listMails(deps),
  readOutbox: readOutbox(deps),
});
