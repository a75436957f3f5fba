import { z } from "zod";
import { MemberRole, StaffRole } from "./permissions.ts";
import {
  EmailAddress,
  Instant,
  InvitationId,
  Nothing,
  OrganizationId,
  UserId,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

export const OrganizationName = text(100).trim().min(1, { error: "Give the organization a name." });

export const Organization = z
  .strictObject({
    id: OrganizationId,
    name: z.string(),
    slug: z.string(),
    role: MemberRole.nullable().meta({ description: "The caller's role in it" }),
    createdAt: Instant,
  })
  .meta({ id: "Organization" });
export type Organization = z.infer<typeof Organization>;

export const Me = z
  .strictObject({
    id: UserId,
    email: z.string(),
    emailVerified: z.boolean(),
    name: z.string(),
    twoFactorEnabled: z.boolean(),
    staffRole: StaffRole.nullable(),
    activeOrganization: Organization.nullable(),
  })
  .meta({ id: "Me" });
export type Me = z.infer<typeof Me>;

export const Member = z
  .strictObject({
    userId: UserId,
    email: z.string(),
    name: z.string(),
    role: MemberRole,
    joinedAt: Instant,
  })
  .meta({ id: "Member" });
export type Member = z.infer<typeof Member>;

export const Invitation = z
  .strictObject({
    id: InvitationId,
    email: z.string(),
    role: MemberRole,
    invitedAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: "Invitation" });
export type Invitation = z.infer<typeof Invitation>;

const organizationInput = { organizationId: OrganizationId };

export const meContract = {
  get: query({
    summary: "Who is signed in, and into which organization",
    access: { kind: "signedIn" },
    rest: { method: "GET", path: "/me", tag: "People", successStatus: 200 },
    input: z.strictObject({}),
    output: Me,
  }),
};

export const organizationsContract = {
  list: query({
    summary: "The organizations that the caller is a member of",
    access: { kind: "signedIn" },
    rest: { method: "GET", path: "/organizations", tag: "Organizations", successStatus: 200 },
    input: z.strictObject({ ...pageInput }),
    output: page(Organization),
  }),
  create: mutation({
    summary: "Make an organization; the caller becomes its owner and it becomes the active one",
    access: { kind: "signedIn" },
    rest: { method: "POST", path: "/organizations", tag: "Organizations", successStatus: 201 },
    input: z.strictObject({ name: OrganizationName }),
    output: Organization,
  }),
  rename: mutation({
    summary: "Rename the active organization",
    access: { kind: "member", permission: "organization:write" },
    rest: {
      method: "PATCH",
      path: "/organizations/active",
      tag: "Organizations",
      successStatus: 200,
    },
    input: z.strictObject({ name: OrganizationName }),
    output: Organization,
  }),
  activate: mutation({
    summary: "Make another of the caller's organizations the active one of this sign-in",
    access: { kind: "signedIn" },
    rest: {
      method: "POST",
      path: "/organizations/{organizationId}/activate",
      tag: "Organizations",
      successStatus: 200,
    },
    input: z.strictObject(organizationInput),
    output: Organization,
  }),
};

export const membersContract = {
  list: query({
    summary: "The members of the active organization",
    access: { kind: "member", permission: "members:read" },
    rest: { method: "GET", path: "/members", tag: "Members", successStatus: 200 },
    input: z.strictObject({ ...pageInput }),
    output: page(Member),
  }),
  listInvitations: query({
    summary: "The open invitations of the active organization",
    access: { kind: "member", permission: "members:read" },
    rest: { method: "GET", path: "/members/invitations", tag: "Members", successStatus: 200 },
    input: z.strictObject({ ...pageInput }),
    output: page(Invitation),
  }),
  invite: mutation({
    summary: "Invite somebody by mail; inviting the same address again sends a new link",
    access: { kind: "member", permission: "members:write", verifiedEmail: true },
    rest: { method: "POST", path: "/members/invitations", tag: "Members", successStatus: 201 },
    input: z.strictObject({ email: EmailAddress, role: MemberRole }),
    output: Invitation,
  }),
  revokeInvitation: mutation({
    summary: "Withdraw an open invitation",
    access: { kind: "member", permission: "members:write" },
    rest: {
      method: "DELETE",
      path: "/members/invitations/{invitationId}",
      tag: "Members",
      successStatus: 204,
    },
    input: z.strictObject({ invitationId: InvitationId }),
    output: Nothing,
  }),
  acceptInvitation: mutation({
    summary: "Join the organization that the mailed token invites to",
    access: { kind: "signedIn" },
    rest: {
      method: "POST",
      path: "/members/invitations/accept",
      tag: "Members",
      successStatus: 200,
    },
    input: z.strictObject({ token: text(128, 1) }),
    output: Organization,
  }),
  changeRole: mutation({
    summary: "Give a member another role; the last owner keeps theirs",
    access: { kind: "member", permission: "members:write" },
    rest: { method: "PATCH", path: "/members/{userId}", tag: "Members", successStatus: 200 },
    input: z.strictObject({ userId: UserId, role: MemberRole }),
    output: Member,
  }),
  remove: mutation({
    summary: "Remove a member; the last owner stays",
    access: { kind: "member", permission: "members:write" },
    rest: { method: "DELETE", path: "/members/{userId}", tag: "Members", successStatus: 204 },
    input: z.strictObject({ userId: UserId }),
    output: Nothing,
  }),
  leave: mutation({
    summary: "Leave the active organization; the last owner cannot",
    // Not "member": whoever repeats the request by its idempotency key is none any more.
    access: { kind: "signedIn" },
    rest: { method: "POST", path: "/members/leave", tag: "Members", successStatus: 204 },
    input: z.strictObject({}),
    output: Nothing,
  }),
};
