import { z } from "zod";
import { License, LicenseStatus, RotatedKey } from "./licenses.ts";
import {
  EmailAddress,
  EventId,
  Instant,
  LicenseId,
  OrganizationId,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

export const AdminLicense = License.extend({
  organization: z.strictObject({ id: OrganizationId, name: z.string() }),
}).meta({ id: "AdminLicense" });
export type AdminLicense = z.infer<typeof AdminLicense>;

export const MailStatus = z.enum(["queued", "sent", "failed"]);
export type MailStatus = z.infer<typeof MailStatus>;

export const MailTemplate = z.enum([
  "verify-email",
  "reset-password",
  "account-exists",
  "invitation",
  "license-issued",
  "license-key-rotated",
  "trial-ended",
  "license-expired",
]);
export type MailTemplate = z.infer<typeof MailTemplate>;

export const AdminMail = z
  .strictObject({
    id: z.uuid(),
    to: z.string(),
    subject: z.string(),
    template: MailTemplate,
    status: MailStatus,
    attempts: z.int(),
    lastError: z.string().nullable(),
    createdAt: Instant,
    sentAt: Instant.nullable(),
  })
  .meta({ id: "AdminMail" });
export type AdminMail = z.infer<typeof AdminMail>;

export const JobRunStatus = z.enum(["queued", "running", "succeeded", "retrying", "failed"]);
export type JobRunStatus = z.infer<typeof JobRunStatus>;

export const JobRun = z
  .strictObject({
    id: z.uuid(),
    job: z.string(),
    target: z.string().meta({ description: "The event or row that the job is about" }),
    eventId: EventId.nullable(),
    status: JobRunStatus,
    attempts: z.int(),
    lastError: z.string().nullable(),
    queuedAt: Instant,
    finishedAt: Instant.nullable(),
  })
  .meta({ id: "JobRun" });
export type JobRun = z.infer<typeof JobRun>;

export const AuditEntry = z
  .strictObject({
    id: z.uuid(),
    at: Instant,
    actor: z.strictObject({
      kind: z.enum(["member", "user", "staff", "machine", "gateway", "system", "anonymous"]),
      id: z.string().nullable(),
      label: z.string().nullable(),
    }),
    action: z.string(),
    targetKind: z.string(),
    targetId: z.string(),
    organizationId: OrganizationId.nullable(),
    before: z.unknown(),
    after: z.unknown(),
    address: z.string().nullable(),
    requestId: z.string().nullable(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

const staffRead = { kind: "staff", permission: "staff:read" } as const;
const staffSupport = { kind: "staff", permission: "staff:support" } as const;
const staffAdmin = { kind: "staff", permission: "staff:admin" } as const;
const reason = text(500, 1).meta({ description: "Why; the audit trail keeps it" });
const licenseInput = { licenseId: LicenseId };

export const adminContract = {
  licenses: {
    list: query({
      summary: "Every license; `q` finds organization, plan, key ending or id",
      access: staffRead,
      rest: { method: "GET", path: "/admin/licenses", tag: "Staff", successStatus: 200 },
      input: z.strictObject({
        ...pageInput,
        status: LicenseStatus.optional(),
        q: text(200).optional(),
      }),
      output: page(AdminLicense),
    }),
    get: query({
      summary: "One license of any organization",
      access: staffRead,
      rest: {
        method: "GET",
        path: "/admin/licenses/{licenseId}",
        tag: "Staff",
        successStatus: 200,
      },
      input: z.strictObject(licenseInput),
      output: AdminLicense,
    }),
    suspend: mutation({
      summary: "Suspend a license; its sessions end",
      access: staffSupport,
      rest: {
        method: "POST",
        path: "/admin/licenses/{licenseId}/suspend",
        tag: "Staff",
        successStatus: 200,
      },
      input: z.strictObject({ ...licenseInput, reason }),
      output: AdminLicense,
    }),
    reinstate: mutation({
      summary: "Lift a suspension",
      access: staffSupport,
      rest: {
        method: "POST",
        path: "/admin/licenses/{licenseId}/reinstate",
        tag: "Staff",
        successStatus: 200,
      },
      input: z.strictObject({ ...licenseInput, reason }),
      output: AdminLicense,
    }),
    revoke: mutation({
      summary: "Withdraw a license for good; its sessions end",
      access: staffAdmin,
      rest: {
        method: "POST",
        path: "/admin/licenses/{licenseId}/revoke",
        tag: "Staff",
        successStatus: 200,
      },
      input: z.strictObject({ ...licenseInput, reason }),
      output: AdminLicense,
    }),
    rotateKey: mutation({
      summary: "Replace a leaked key for a customer; the new key goes to its owner by mail",
      access: staffSupport,
      rest: {
        method: "POST",
        path: "/admin/licenses/{licenseId}/rotate-key",
        tag: "Staff",
        successStatus: 200,
      },
      input: z.strictObject({ ...licenseInput, reason }),
      output: RotatedKey.omit({ licenseKey: true }),
    }),
  },
  mails: {
    list: query({
      summary: "Every mail with its state, newest first",
      access: staffRead,
      rest: { method: "GET", path: "/admin/mails", tag: "Staff", successStatus: 200 },
      input: z.strictObject({
        ...pageInput,
        status: MailStatus.optional(),
        to: EmailAddress.optional(),
      }),
      output: page(AdminMail),
    }),
  },
  jobs: {
    list: query({
      summary: "What ran in the background, newest first",
      access: staffRead,
      rest: { method: "GET", path: "/admin/jobs", tag: "Staff", successStatus: 200 },
      input: z.strictObject({ ...pageInput, status: JobRunStatus.optional() }),
      output: page(JobRun),
    }),
  },
  audit: {
    list: query({
      summary: "Who did what, newest first",
      access: staffRead,
      rest: { method: "GET", path: "/admin/audit", tag: "Staff", successStatus: 200 },
      input: z.strictObject({
        ...pageInput,
        organizationId: OrganizationId.optional(),
        targetId: text(100).optional(),
      }),
      output: page(AuditEntry),
    }),
  },
};
