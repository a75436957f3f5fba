import { z } from "zod";
import {
  Features,
  Instant,
  LicenseId,
  Limits,
  MachineId,
  OrganizationId,
  Platform,
  ProductId,
  SessionId,
  SubscriptionId,
  Nothing,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";
import { ValidationCode } from "./validation-code.ts";

export const LicenseStatus = z.enum(["active", "past_due", "suspended", "expired", "revoked"]);
export type LicenseStatus = z.infer<typeof LicenseStatus>;

/** The longest offline file: one year, in seconds. */
export const licenseFileTtlSeconds = { min: 3600, max: 365 * 24 * 3600 } as const;

/** Seconds between heartbeats, of a lease, and of the offline grace behind it (design.md 4 and 5). */
export const seatTiming = { heartbeatSeconds: 300, leaseSeconds: 360, graceSeconds: 1800 } as const;

/** A typed key in any form a person gives it; parsing judges it, so that the remedy can be exact. */
export const LicenseKeyInput = text(200, 1);

export const Fingerprint = z.string().regex(/^[A-Za-z0-9_.:-]{16,128}$/, {
  error: "must be 16 to 128 characters of A-Z, a-z, 0-9, _ . : -",
});

/** Up to 12 named hashes of single parts of the hardware, so that one new part is recognised. */
export const FingerprintComponents = z
  .record(z.string().regex(/^[A-Za-z0-9_.-]{1,32}$/), z.string().regex(/^[A-Za-z0-9_.:-]{8,128}$/))
  .refine((components) => Object.keys(components).length <= 12, {
    error: "at most 12 components",
  });
export type FingerprintComponents = z.infer<typeof FingerprintComponents>;

const use = z.strictObject({ used: z.int().min(0), max: z.int().min(1) });
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
    seats: use,
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

export const Machine = z
  .strictObject({
    id: MachineId,
    name: z.string(),
    platform: Platform.nullable(),
    appVersion: z.string().nullable(),
    fingerprint: z.string(),
    activatedAt: Instant,
    lastSeenAt: Instant,
  })
  .meta({ id: "Machine" });
export type Machine = z.infer<typeof Machine>;

export const SessionEndReason = z.enum([
  "released",
  "expired",
  "ended_by_member",
  "ended_by_staff",
  "machine_deactivated",
  "license_suspended",
  "license_revoked",
  "license_expired",
  "seats_reduced",
]);
export type SessionEndReason = z.infer<typeof SessionEndReason>;

export const SeatSession = z
  .strictObject({
    id: SessionId,
    machine: z.strictObject({ id: MachineId, name: z.string() }),
    startedAt: Instant,
    lastHeartbeatAt: Instant,
    expiresAt: Instant,
    endedAt: Instant.nullable(),
    endReason: SessionEndReason.nullable(),
    appVersion: z.string().nullable(),
  })
  .meta({ id: "SeatSession" });
export type SeatSession = z.infer<typeof SeatSession>;

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

const licenseInput = { licenseId: LicenseId };

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
    input: z.strictObject(licenseInput),
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
    input: z.strictObject(licenseInput),
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
    input: z.strictObject(licenseInput),
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
      ...licenseInput,
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

export const ActivateMachine = z.strictObject({
  licenseKey: LicenseKeyInput,
  fingerprint: Fingerprint,
  components: FingerprintComponents.optional(),
  name: text(100).optional(),
  platform: Platform.optional(),
  appVersion: text(64).optional(),
});
export type ActivateMachine = z.infer<typeof ActivateMachine>;

export const machinesContract = {
  activate: mutation({
    summary: "Make this machine one of the license's; repeating it changes nothing",
    access: { kind: "licenseKey" },
    rest: { method: "POST", path: "/licenses/activate", tag: "License keys", successStatus: 200 },
    input: ActivateMachine,
    output: z.strictObject({ license: LicenseSummary, machine: Machine }),
  }),
  deactivate: mutation({
    summary: "Take this machine off the license; its session ends",
    access: { kind: "licenseKey" },
    rest: { method: "POST", path: "/licenses/deactivate", tag: "License keys", successStatus: 204 },
    input: z.strictObject({ licenseKey: LicenseKeyInput, fingerprint: Fingerprint }),
    output: Nothing,
  }),
  list: query({
    summary: "The active machines of a license",
    access: { kind: "member", permission: "licenses:read" },
    rest: {
      method: "GET",
      path: "/licenses/{licenseId}/machines",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({ ...licenseInput, ...pageInput }),
    output: page(Machine),
  }),
  remove: mutation({
    summary: "Take any machine off the license; its session ends",
    access: { kind: "member", permission: "licenses:manage" },
    rest: {
      method: "DELETE",
      path: "/licenses/{licenseId}/machines/{machineId}",
      tag: "Licenses",
      successStatus: 204,
    },
    input: z.strictObject({ ...licenseInput, machineId: MachineId }),
    output: Nothing,
  }),
};

export const AcquireSeat = z.strictObject({
  licenseKey: LicenseKeyInput,
  fingerprint: Fingerprint,
  components: FingerprintComponents.optional(),
  appVersion: text(64).optional(),
});
export type AcquireSeat = z.infer<typeof AcquireSeat>;

/** A lease as it travels: a compact JWS, far below this length. */
export const LeaseInput = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[A-Za-z0-9_.-]+$/, { error: "must be the lease as it was received" });

export const HeldSeat = z
  .strictObject({
    session: z.strictObject({ id: SessionId, startedAt: Instant, expiresAt: Instant }),
    lease: z.string().meta({ description: "The signed lease: a compact JWS" }),
    heartbeatInterval: z.int().meta({ description: "Seconds until the next heartbeat" }),
    seats: use,
  })
  .meta({ id: "HeldSeat" });
export type HeldSeat = z.infer<typeof HeldSeat>;

export const seatsContract = {
  acquire: mutation({
    summary: "Take a seat; the same machine acquiring again gets its own session back",
    access: { kind: "licenseKey" },
    rest: { method: "POST", path: "/licenses/acquire", tag: "Seats", successStatus: 200 },
    idempotency: "converging",
    input: AcquireSeat,
    output: HeldSeat,
  }),
  heartbeat: mutation({
    summary: "Renew the lease, every 300 s",
    access: { kind: "lease" },
    rest: { method: "POST", path: "/licenses/heartbeat", tag: "Seats", successStatus: 200 },
    idempotency: "converging",
    input: z.strictObject({ lease: LeaseInput }),
    output: HeldSeat,
  }),
  release: mutation({
    summary: "Give the seat back, also when it was given back already",
    access: { kind: "lease" },
    rest: { method: "POST", path: "/licenses/release", tag: "Seats", successStatus: 204 },
    idempotency: "converging",
    input: z.strictObject({ lease: LeaseInput }),
    output: Nothing,
  }),
};

export const sessionsContract = {
  list: query({
    summary: "Who holds, or held, the license's seats; newest first",
    access: { kind: "member", permission: "licenses:read" },
    rest: {
      method: "GET",
      path: "/licenses/{licenseId}/sessions",
      tag: "Licenses",
      successStatus: 200,
    },
    input: z.strictObject({
      ...licenseInput,
      ...pageInput,
      live: z
        .boolean()
        .default(true)
        .meta({ description: "false includes the sessions that ended" }),
    }),
    output: page(SeatSession),
  }),
  end: mutation({
    summary: "End somebody's session and free the seat",
    access: { kind: "member", permission: "licenses:manage" },
    rest: {
      method: "DELETE",
      path: "/licenses/{licenseId}/sessions/{sessionId}",
      tag: "Licenses",
      successStatus: 204,
    },
    input: z.strictObject({ ...licenseInput, sessionId: SessionId }),
    output: Nothing,
  }),
};
