import { z } from "zod";

export const MemberRole = z.enum(["owner", "admin", "billing", "member"]);
export type MemberRole = z.infer<typeof MemberRole>;

export const StaffRole = z.enum(["admin", "support", "viewer"]);
export type StaffRole = z.infer<typeof StaffRole>;

/** What each role of an organization may do in it. */
const memberPermissions = {
  "organization:read": ["owner", "admin", "billing", "member"],
  "organization:write": ["owner", "admin"],
  "members:read": ["owner", "admin", "billing", "member"],
  "members:write": ["owner", "admin"],
  "billing:read": ["owner", "billing"],
  "billing:write": ["owner", "billing"],
  "licenses:read": ["owner", "admin", "billing", "member"],
  /** Reveal the key, check out files, end sessions, remove machines. */
  "licenses:manage": ["owner", "admin"],
  /** Replace a leaked key: the old one stops at once for everybody. */
  "licenses:rotate": ["owner"],
} as const satisfies Record<string, readonly MemberRole[]>;

export type MemberPermission = keyof typeof memberPermissions;

/** What each role of the vendor's staff may do. */
const staffPermissions = {
  "staff:read": ["admin", "support", "viewer"],
  "staff:support": ["admin", "support"],
  "staff:admin": ["admin"],
} as const satisfies Record<string, readonly StaffRole[]>;

export type StaffPermission = keyof typeof staffPermissions;

/** Whether a member's role grants the permission; the API and the portal ask the same table. */
export const memberMay = (role: MemberRole, permission: MemberPermission): boolean =>
  (memberPermissions[permission] as readonly MemberRole[]).includes(role);

/** Whether a staff role grants the permission; the API and the admin app ask the same table. */
export const staffMay = (role: StaffRole, permission: StaffPermission): boolean =>
  (staffPermissions[permission] as readonly StaffRole[]).includes(role);
