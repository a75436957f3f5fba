import { action, layout, paragraph, remark } from "../layout.ts";
import type { Template } from "../template.ts";

export const invitation: Template<"invitation"> = ({
  organizationName,
  invitedBy,
  role,
  url,
  expiresOn,
}) => ({
  subject: `${invitedBy} invites you to ${organizationName}`,
  body: layout({
    preview: `Join ${organizationName} with the role ${role}.`,
    heading: `Join ${organizationName}`,
    reason: `You get this mail because ${invitedBy} entered this address.`,
    children: [
      paragraph(`${invitedBy} would like you to join ${organizationName} with the role ${role}.`),
      action("See the invitation", url),
      remark(
        `The invitation is open until ${expiresOn}. If you do not know ${invitedBy}, ignore this mail.`,
      ),
    ],
  }),
});
