import type { MailRequest, RenderMail } from "@latchkey/core/ports";
import { render, toPlainText } from "@react-email/components";
import type { Letter } from "./template.ts";
import { accountExists } from "./templates/account-exists.ts";
import { invitation } from "./templates/invitation.ts";
import { licenseExpired } from "./templates/license-expired.ts";
import { licenseIssued } from "./templates/license-issued.ts";
import { licenseKeyRotated } from "./templates/license-key-rotated.ts";
import { resetPassword } from "./templates/reset-password.ts";
import { trialEnded } from "./templates/trial-ended.ts";
import { verifyEmail } from "./templates/verify-email.ts";

const write = (request: MailRequest): Letter => {
  switch (request.template) {
    case "verify-email":
      return verifyEmail(request.facts);
    case "reset-password":
      return resetPassword(request.facts);
    case "account-exists":
      return accountExists(request.facts);
    case "invitation":
      return invitation(request.facts);
    case "license-issued":
      return licenseIssued(request.facts);
    case "license-key-rotated":
      return licenseKeyRotated(request.facts);
    case "trial-ended":
      return trialEnded(request.facts);
    case "license-expired":
      return licenseExpired(request.facts);
  }
};

/** A subject is one header line: names that people chose may not break it. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, " ").trim();

/**
 * Writes a mail as HTML and as text that says the same. The text keeps its case, is not wrapped (mail
 * programs do that, and a wrapped address is a broken one), and has each address behind its label.
 */
export const renderMail: RenderMail = async (request) => {
  const { subject, body } = write(request);
  const html = await render(body);
  const text = toPlainText(html, {
    wordwrap: false,
    selectors: [
      { selector: "h1", options: { uppercase: false } },
      { selector: "a", options: { linkBrackets: false } },
    ],
  });
  return { subject: oneLine(subject), text: `${text.trim()}\n`, html };
};
