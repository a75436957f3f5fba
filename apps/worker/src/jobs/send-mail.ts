import { EventId, MailTemplate } from "@latchkey/contracts";
import { z } from "zod";
import { defineJob } from "../job.ts";

/** Twelve tries over about half an hour outlast a provider's usual trouble. */
export const sendMail = defineJob({
  name: "send-mail",
  payload: z.strictObject({ eventId: EventId, template: MailTemplate }),
  retry: { attempts: 12, firstWaitMs: 1_000 },
  run: (core, call, payload, { last }) =>
    core.mail.sendMailForEvent(call, { ...payload, final: last }),
});
