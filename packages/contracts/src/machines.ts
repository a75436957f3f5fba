import { z } from "zod";
import { Fingerprint, FingerprintComponents } from "./fingerprint.ts";
import { LicenseKeyInput, LicenseSummary } from "./licenses.ts";
import {
  Instant,
  LicenseId,
  MachineId,
  Nothing,
  Platform,
  page,
  pageInput,
  text,
} from "./primitives.ts";
import { mutation, query } from "./procedure.ts";

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
    input: z.strictObject({ licenseId: LicenseId, ...pageInput }),
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
    input: z.strictObject({ licenseId: LicenseId, machineId: MachineId }),
    output: Nothing,
  }),
};
