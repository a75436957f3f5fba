import { action, keyField, layout, paragraph, remark, steps } from "../layout.ts";
import type { Template } from "../template.ts";

export const licenseIssued: Template<"license-issued"> = ({
  organizationName,
  productName,
  planName,
  maxSeats,
  licenseKey,
  validUntil,
  portalUrl,
  trial,
  fileAttached,
}) => {
  const seats = maxSeats === 1 ? "one seat" : `${maxSeats} seats`;
  const heading = trial
    ? `Your trial of ${productName} has begun`
    : `Your license of ${productName} is ready`;
  return {
    subject: trial ? `Your ${productName} trial key` : `Your ${productName} license key`,
    body: layout({
      preview: "Your key, and how to use it.",
      heading,
      reason: `You get this mail because you look after the licenses of ${organizationName}. Keep the key to yourselves: whoever has it can take a seat.`,
      children: [
        paragraph(
          trial
            ? `Enjoy ${planName} with ${seats}${validUntil === null ? "" : ` until ${validUntil}`}. This is the key of ${organizationName}:`
            : `Thank you! ${organizationName} now has ${planName} with ${seats}${validUntil === null ? "" : `, paid until ${validUntil}`}. This is your key:`,
        ),
        keyField(licenseKey),
        steps(
          `Open ${productName} on your computer.`,
          "Paste the key when it asks for one.",
          "Start working. Your seat comes back by itself when you quit.",
        ),
        action("See your license", portalUrl),
        ...(fileAttached
          ? [
              remark(
                "A computer without network? The attached license file does the same there: open it in the app instead of pasting the key.",
              ),
            ]
          : []),
      ],
    }),
  };
};
