import { z } from "zod";
import { Fingerprint, FingerprintComponents } from "./fingerprint.ts";
import {
  Features,
  Instant,
  LicenseId,
  Limits,
  OrganizationId,
  ProductId,
  SubscriptionId,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";
import { ValidationCode } from "./validation-code.ts";

export const LicenseStatus = z.enum(["active", "past_due", "suspended", "expired", "revoked"]);
export type LicenseStatus = z.infer<typeof LicenseStatus>;

/** How long a license file may be good for, in seconds: an hour to a year. */
export const licenseFileTtlSeconds = { min: 3600, max: 365 * 24 * 3600 } as const;

/** A typed key in any form a person gives it; parsing judges it, so that the remedy can be exact. */
export const LicenseKeyInput = text(200, 1);

/** How many seats are taken, of how many. */
export const SeatUse = z.strictObject({ used: z.int().min(0), max: z.int().min(1) });
const machineUse = z.strictObject({ used: z.int().min(0), max: z.int().min(1).nullable() });

export const License = z
  .strictObject({
    id: LicenseId,
    organizationId: OrganizationId,
    key: z.string().meta({ description: "Masked: only the last four symbols are shown" }),
    status: LicenseStatus,
    product: z.strictObject({ id: ProductId, name: z.string() }),
    plan: z.strictObject({ slug: z.string(), name: z.string(), version: z.int() }),
    subscriptionId: SubscriptionId.nullable().meta({
      description: "What pays for it; null for a license that staff gave",
    }),
    trial: z.boolean(),
    seats: SeatUse,
    machines: machineUse,
    features: Features,
    limits: Limits,
    expiresAt: Instant.nullable(),
    graceEndsAt: Instant.nullable(),
    createdAt: Instant,
  })
  .meta({ id: "License" });
export type License = z.infer<typeof License>;

/** What a key holder is told of the license: enough to show, nothing of its organization's people. */
export const LicenseSummary = z
  .strictObject({
    id: LicenseId,
    status: LicenseStatus,
    product: z.strictObject({ id: ProductId, name: z.string() }),
    plan: z.strictObject({ slug: z.string(), name: z.string() }),
    maxSeats: z.int(),
    features: Features,
    limits: Limits,
    expiresAt: Instant.nullable(),
    graceEndsAt: Instant.nullable(),
  })
  .meta({ id: "LicenseSummary" });
export type LicenseSummary = z.infer<typeof LicenseSummary>;

export const RotatedKey = z
  .strictObject({ licenseKey: z.string(), rotatedAt: Instant })
  .meta({ id: "RotatedKey" });
export type RotatedKey = z.infer<typeof RotatedKey>;

export const ValidateLicense = z.strictObject({
  licenseKey: LicenseKeyInput,
  product: text(64, 1)
    .optional()
    .meta({ description: "The product's slug or id, when the app is sure of it" }),
  fingerprint: Fingerprint.optional(),
  components: FingerprintComponents.optional(),
  features: z.array(text(64, 1)).max(50).optional(),
});
export type ValidateLicense = z.infer<typeof ValidateLicense>;

export const Validation = z
  .strictObject({
    valid: z.boolean(),
    code: ValidationCode,
    detail: z.string(),
    license: LicenseSummary.optional(),
  })
  .meta({ id: "Validation" });
export type Validation = z.infer<typeof Validation>;

export const licensesContract = {
  list: query({
    summary: "The licenses of the active organization",
    access: { kind: "member", permission: "licenses:read" },
    rest: { method: "GET", path: "/licenses", tag: "Licenses", successStatus: 200 },
    input: z.strictObject({ ...pageInput, status: LicenseStatus.optional() }),
    output: page(License),
  }),
  get: query({
    summary: "One license",
    access: { kind: "member", permission: "licenses:read" },
    rest: { method: "GET", path: "/licenses/{licenseId}", tag: "Licenses", successStatus: 200 },
    input: z.strictObject({ licenseId: LicenseId }),
    output: License,
  }),
  reveal: mutation({
    summary: "Show the whole license key; the audit trail remembers who looked",
    access: { kind: "member", permission: "licenses:manage" },
    rest: {
      method: "POST",
      path: "/licenses/{licenseId}/reveal",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({ licenseId: LicenseId }),
    output: z.strictObject({ licenseKey: z.string() }),
  }),
  rotateKey: mutation({
    summary: "Replace a leaked key: the old one stops at once, machines and sessions stay",
    access: { kind: "member", permission: "licenses:rotate" },
    rest: {
      method: "POST",
      path: "/licenses/{licenseId}/rotate-key",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({ licenseId: LicenseId }),
    output: RotatedKey,
  }),
  file: mutation({
    summary: "Check out a signed license file for a machine without a network",
    access: { kind: "member", permission: "licenses:manage" },
    rest: {
      method: "POST",
      path: "/licenses/{licenseId}/file",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({
      licenseId: LicenseId,
      fingerprint: Fingerprint.optional(),
      ttl: z.int().min(licenseFileTtlSeconds.min).max(licenseFileTtlSeconds.max).meta({
        description: "Seconds that the file is good for: 1 hour to 1 year",
      }),
      encrypt: z.boolean().default(false),
    }),
    output: z.strictObject({ file: z.string(), expiresAt: Instant }),
  }),
  validate: mutation({
    summary: "Judge a license key; a license that may not run is an answer, not an error",
    access: { kind: "licenseKey" },
    rest: { method: "POST", path: "/licenses/validate", tag: "License keys", successStatus: 200 },
    idempotency: "converging",
    input: ValidateLicense,
    output: Validation,
  }),
};
