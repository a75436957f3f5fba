import type { MailTransport } from "@latchkey/core/ports";

/** The sandbox's transport: the mails table is the outbox that staff read, and nothing leaves. */
export const createStoredTransport = (): MailTransport => ({ send: () => Promise.resolve() });
