import { action, layout, paragraph, remark } from "../layout.ts";
import type { Template } from "../template.ts";

export const resetPassword: Template<"reset-password"> = ({ name, url, expiresIn }) => ({
  subject: "Choose a new password",
  body: layout({
    preview: `The link inside works for ${expiresIn}.`,
    heading: "Choose a new password",
    reason: "You get this mail because somebody asked to reset the password of your account.",
    children: [
      paragraph(`Hello ${name}, it happens to all of us. Choose a new password here:`),
      action("Choose a new password", url),
      remark(
        `The link works once, for ${expiresIn}. If it was not you who asked, ignore this mail: your password stays as it is.`,
      ),
    ],
  }),
});
