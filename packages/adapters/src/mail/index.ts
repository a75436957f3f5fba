export { renderMail } from "./render-mail.ts";
export { createSmtpTransport } from "./smtp-transport.ts";
export type { SmtpSettings } from "./smtp-transport.ts";
export { createStoredTransport } from "./stored-transport.ts";
