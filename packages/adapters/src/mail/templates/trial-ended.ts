import { action, layout, paragraph } from "../layout.ts";
import type { Template } from "../template.ts";

export const trialEnded: Template<"trial-ended"> = ({
  organizationName,
  productName,
  planName,
  plansUrl,
}) => ({
  subject: `Your ${productName} trial has ended`,
  body: layout({
    preview: "Nothing was charged. Carry on whenever you like.",
    heading: "Your trial has ended",
    reason: `You get this mail because ${organizationName} tried ${productName}.`,
    children: [
      paragraph(
        `Thank you for trying ${planName} of ${productName}. The trial of ${organizationName} is over, its license has ended, and nothing was charged.`,
      ),
      paragraph("If it was useful to you, choose a plan and carry on where you left off."),
      action("Choose a plan", plansUrl),
    ],
  }),
});
