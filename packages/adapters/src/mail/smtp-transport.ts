import type { MailTransport } from "@latchkey/core/ports";
import { createTransport } from "nodemailer";

export interface SmtpSettings {
  /** smtp://user:password@host:587 (STARTTLS where offered) or smtps://…:465 (TLS at once). */
  readonly url: string;
  /** The sender: "Latchkey <licenses@vendor.example>". */
  readonly from: string;
}

const patienceMs = 15_000;

/** The domain of a sender such as "Name <box@domain>". */
const domainOf = (from: string): string => /@([^\s>@]+)>?\s*$/.exec(from)?.[1] ?? "localhost";

/**
 * Hands mails to an SMTP server, one connection each. Throws what the server or the network said
 * when the mail was not taken. The Message-ID is made of the mail's id, so that a mail which was
 * taken but not confirmed, and is sent again, can be told to be the same.
 */
export const createSmtpTransport = ({ url, from }: SmtpSettings): MailTransport => {
  const transport = createTransport(
    {
      url,
      connectionTimeout: patienceMs,
      greetingTimeout: patienceMs,
      socketTimeout: patienceMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  const domain = domainOf(from);
  return {
    send: async ({ id, to, subject, text, html, attachments }) => {
      await transport.sendMail({
        messageId: `<${id}@${domain}>`,
        to: { name: "", address: to },
        subject,
        text,
        html,
        attachments: attachments.map((attachment) => ({ ...attachment })),
        headers: { "Auto-Submitted": "auto-generated" },
      });
    },
  };
};
