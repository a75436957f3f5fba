import { action, keyField, layout, paragraph, remark } from "../layout.ts";
import type { Template } from "../template.ts";

export const licenseKeyRotated: Template<"license-key-rotated"> = ({
  organizationName,
  productName,
  licenseKey,
  portalUrl,
}) => ({
  subject: `Your new ${productName} license key`,
  body: layout({
    preview: "The old key no longer works; here is the new one.",
    heading: "A new license key",
    reason: `You get this mail because you look after the licenses of ${organizationName}.`,
    children: [
      paragraph(
        `The license key of ${organizationName} for ${productName} was replaced. The old key no longer works. This is the new one:`,
      ),
      keyField(licenseKey),
      paragraph(
        "Whoever is working right now can carry on. New computers need the new key, and so does every app that asks for it.",
      ),
      action("See your license", portalUrl),
      remark("You did not expect this? Please ask the people who look after your licenses."),
    ],
  }),
});
