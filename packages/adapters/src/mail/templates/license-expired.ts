import { action, layout, paragraph } from "../layout.ts";
import type { Template } from "../template.ts";

export const licenseExpired: Template<"license-expired"> = ({
  organizationName,
  productName,
  planName,
  portalUrl,
}) => ({
  subject: `Your ${productName} license has expired`,
  body: layout({
    preview: "Your seats rest until the license is renewed.",
    heading: "Your license has expired",
    reason: `You get this mail because you look after the licenses of ${organizationName}.`,
    children: [
      paragraph(
        `The license of ${organizationName} for ${productName} (${planName}) has come to its end, and its seats rest.`,
      ),
      paragraph("Your machines are remembered: once there is a license again, all is as it was."),
      action("See your license", portalUrl),
    ],
  }),
});
