import { action, layout, paragraph, remark } from "../layout.ts";
import type { Template } from "../template.ts";

export const verifyEmail: Template<"verify-email"> = ({ name, url, expiresIn }) => ({
  subject: "Confirm your mail address",
  body: layout({
    preview: "One click, and your account is ready.",
    heading: `Welcome, ${name}`,
    reason: "You get this mail because an account was made with this address.",
    children: [
      paragraph("Nice to have you here. Please confirm that this mail address is yours:"),
      action("Confirm my address", url),
      remark(`The link works for ${expiresIn}. If you did not sign up, ignore this mail.`),
    ],
  }),
});
