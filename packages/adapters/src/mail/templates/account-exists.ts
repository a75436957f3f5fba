import { action, layout, link, paragraph } from "../layout.ts";
import type { Template } from "../template.ts";

export const accountExists: Template<"account-exists"> = ({ name, signInUrl, resetUrl }) => ({
  subject: "You already have an account",
  body: layout({
    preview: "Somebody tried to sign up with your address. Nothing has changed.",
    heading: "You already have an account",
    reason: "You get this mail because somebody signed up with your address.",
    children: [
      paragraph(
        `Hello ${name}, somebody, probably you, just tried to sign up with this address. It has an account already, and nothing about it has changed.`,
      ),
      action("Sign in", signInUrl),
      paragraph("Forgot your password? ", link("Choose a new one", resetUrl), "."),
    ],
  }),
});
