import type { MemberRole } from "@latchkey/contracts";

/** What each role is for, in the words of the person who gives it. */
export const roleWords = {
  owner: "Owner: everything, also buying and replacing keys",
  admin: "Admin: people, keys, seats and computers",
  billing: "Billing: buying and paying",
  member: "Member: sees licenses and who holds seats",
} as const satisfies Record<MemberRole, string>;
