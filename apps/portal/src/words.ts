/** The words of customers, where the design's are for those who know it: each concept has its one word here. */
import type { LicenseStatus, MemberRole } from "@latchkey/contracts";

/** What a license's status is called; a trial that runs is called one. */
export const licenseWords = {
  active: "Active",
  trial: "Trial",
  past_due: "Payment overdue",
  suspended: "Suspended",
  expired: "Expired",
  revoked: "Withdrawn",
} as const satisfies Record<LicenseStatus | "trial", string>;

/** What the design calls machines. */
export const machineWords = { one: "Computer", many: "Computers" } as const;

/** What each role is for, in the words of the person who gives it. */
export const roleWords = {
  owner: "Owner: everything, also buying and replacing keys",
  admin: "Admin: people, keys, seats and computers",
  billing: "Billing: buying and paying",
  member: "Member: sees licenses and who holds seats",
} as const satisfies Record<MemberRole, string>;

/** What the API allows (apps/api/src/auth); it answers for them, the pages only tell them. */
export const signInWords = {
  confirmationLinkLives: "24 hours",
  passwordLinkLives: "one hour",
} as const;
