import type {
  Features,
  LicenseStatus,
  SessionEndReason,
  ValidationCode,
} from "@latchkey/contracts";
import { stopsAt } from "./derive-license-rules.ts";

/** How the machine of a fingerprint stands; null where no fingerprint was given. */
export type MachineStanding = "banned" | "active" | "unknown" | null;

export interface JudgedLicense {
  readonly status: LicenseStatus;
  readonly expiresAt: Date | null;
  readonly subscriptionId: string | null;
}

/** Codes that say no, whatever was asked about the license. */
export type LicenseBar = Extract<ValidationCode, "REVOKED" | "SUSPENDED" | "EXPIRED">;

/**
 * Why a license may not run at `now`, or null. The instant at which it stops counts by itself, not from
 * when the worker gets round to it.
 */
export const barOf = (license: JudgedLicense, now: Date): LicenseBar | null => {
  const { status } = license;
  const stops = stopsAt(license);
  if (status === "revoked") return "REVOKED";
  if (status === "suspended") return "SUSPENDED";
  if (status === "expired" || (stops && stops <= now)) return "EXPIRED";
  return null;
};

/** The bar behind a license that is not usable, as the reason of the sessions that it ends. */
export const endReasonOf = (bar: LicenseBar): SessionEndReason =>
  ({
    REVOKED: "license_revoked" as const,
    SUSPENDED: "license_suspended" as const,
    EXPIRED: "license_expired" as const,
  })[bar];

export interface ValidationFacts {
  readonly license: JudgedLicense | null;
  /** Whether the license is of the product that the app named; true where it named none. */
  readonly productMatches: boolean;
  readonly features: Features;
  readonly wantedFeatures: readonly string[];
  readonly machine: MachineStanding;
  readonly usedMachines: number;
  readonly maxMachines: number | null;
  /** Whether the machine could hold a seat: it has one, or one is free. */
  readonly seatAvailable: boolean;
}

const grants = (features: Features, name: string): boolean =>
  features[name] !== undefined && features[name] !== false;

/**
 * Judges in the order of `ValidationCode`; the first that applies wins. Machines and seats are judged
 * only where the app named its machine. VERSION_NOT_ALLOWED is never found: no plan limits versions.
 */
export const judge = (facts: ValidationFacts, now: Date): ValidationCode => {
  const { license, machine, usedMachines, maxMachines } = facts;
  if (!license) return "NOT_FOUND";
  const bar = barOf(license, now);
  if (bar) return bar;
  if (!facts.productMatches) return "PRODUCT_MISMATCH";
  if (!facts.wantedFeatures.every((name) => grants(facts.features, name))) return "FEATURE_MISSING";
  if (machine === "banned") return "FINGERPRINT_BANNED";
  if (machine === "unknown") return usedMachines === 0 ? "NO_MACHINE" : "FINGERPRINT_MISMATCH";
  if (machine && maxMachines !== null && usedMachines > maxMachines) return "MACHINE_LIMIT";
  if (machine && !facts.seatAvailable) return "SEATS_EXHAUSTED";
  return license.status === "past_due" ? "PAST_DUE" : "VALID";
};

/** Whether an app may run on a validation that found `code`. */
export const isValid = (code: ValidationCode): boolean => code === "VALID" || code === "PAST_DUE";

/** One sentence for a person, with the remedy. */
export const detailOf = (code: ValidationCode): string => validationDetails[code];

const validationDetails: Record<ValidationCode, string> = {
  NOT_FOUND: "No license has this key. Copy it again from the purchase mail or the portal.",
  REVOKED: "This license was withdrawn for good. Ask the vendor.",
  SUSPENDED: "This license is suspended. Its owner finds the reason in the portal.",
  EXPIRED: "This license has expired. Its owner can renew it in the portal.",
  PRODUCT_MISMATCH: "This license is for another product.",
  VERSION_NOT_ALLOWED: "This license does not cover this version of the app.",
  FEATURE_MISSING: "The plan of this license lacks a feature that was asked for.",
  FINGERPRINT_BANNED: "This machine is barred from the license. Ask the vendor.",
  NO_MACHINE: "This machine is not activated. Activate it with the license key first.",
  FINGERPRINT_MISMATCH:
    "The license is activated, but not on this machine. Activate it here first.",
  MACHINE_LIMIT: "The license has as many machines as its plan allows. Deactivate one first.",
  SEATS_EXHAUSTED: "All seats of the license are in use. Try again when one is free.",
  PAST_DUE: "The license is valid; its payment is overdue.",
  VALID: "The license is valid.",
};
