import * as z from "zod/mini";
import { unarmor } from "../armor.ts";
import { LICENSE_FILE_TYPE, LICENSE_FILE_VERSION, licenseFileClaimsSchema } from "../claims.ts";
import type { LicenseFileClaims } from "../claims.ts";
import { fingerprintHash } from "../fingerprint-hash.ts";
import { verifyCompactJws } from "./compact-jws.ts";
import type { JwsRefusal } from "./compact-jws.ts";
import { decryptLicenseFile } from "./decrypt-license-file.ts";
import type { KeyRing } from "./key-ring.ts";

/** Nothing in the file can be believed, so nothing of it is handed out. */
export type UnreadableFileReason =
  "not_a_license_file" | "damaged" | "needs_key" | "wrong_key" | "newer_format" | "not_from_vendor";

/** The file is the vendor's own but does not serve here and now; its claims say why. */
export type UnusableFileReason =
  "other_product" | "needs_fingerprint" | "other_machine" | "clock_behind" | "expired";

export type OpenedLicenseFile =
  | { ok: true; claims: LicenseFileClaims }
  | { ok: false; reason: UnreadableFileReason; claims?: never }
  | { ok: false; reason: UnusableFileReason; claims: LicenseFileClaims };

export interface LicenseFileFacts {
  /** Seconds since the epoch. */
  nowSeconds: number;
  /** This product's id; without it a file of any product in the key ring is taken. */
  audience?: string | undefined;
  /** This machine's fingerprint, unhashed; asked for by files that are bound to a machine. */
  fingerprint?: string | undefined;
  /** The license key as typed; asked for by encrypted files. */
  licenseKey?: string | undefined;
}

/**
 * A file from further in the future than this proves that the machine's clock runs behind. A day
 * covers a wrong time zone or date on a machine with no network, and gains a cheat a day at most.
 */
const CLOCK_TOLERANCE_SECONDS = 86_400;

/**
 * Opens a license file with the public keys alone. Judged from the outside in, so that the reason is
 * the first thing a person has to put right: another computer comes before expired, for a new file
 * has to be made there anyway.
 */
export function openLicenseFile(
  text: string,
  keyRing: KeyRing,
  facts: LicenseFileFacts,
): OpenedLicenseFile {
  const read = readClaims(text, keyRing, facts.licenseKey);
  if (!read.ok) return read;
  const { claims } = read;
  const reason = whyUnusable(claims, facts);
  return reason === null ? { ok: true, claims } : { ok: false, reason, claims };
}

function readClaims(
  text: string,
  keyRing: KeyRing,
  licenseKey: string | undefined,
): { ok: true; claims: LicenseFileClaims } | { ok: false; reason: UnreadableFileReason } {
  const unarmored = unarmor(text);
  if (!unarmored.ok) return unarmored;
  const encrypted = unarmored.token.split(".").length === 5;
  const inner = encrypted ? decryptLicenseFile(unarmored.token, licenseKey) : unarmored;
  if (!inner.ok) return inner;

  const jws = verifyCompactJws(keyRing, inner.token, LICENSE_FILE_TYPE);
  if (!jws.ok) return { ok: false, reason: READER_WORDS[jws.reason] };
  const version = z.object({ v: z.number() }).safeParse(jws.payload);
  if (version.success && version.data.v > LICENSE_FILE_VERSION) {
    return { ok: false, reason: "newer_format" };
  }
  const claims = licenseFileClaimsSchema.safeParse(jws.payload);
  return claims.success ? { ok: true, claims: claims.data } : { ok: false, reason: "damaged" };
}

const READER_WORDS = {
  malformed: "damaged",
  wrong_type: "not_a_license_file",
  unknown_key: "not_from_vendor",
  wrong_algorithm: "damaged",
  bad_signature: "damaged",
} as const satisfies Record<JwsRefusal, UnreadableFileReason>;

function whyUnusable(
  claims: LicenseFileClaims,
  facts: LicenseFileFacts,
): UnusableFileReason | null {
  const { nowSeconds, audience, fingerprint } = facts;
  if (audience !== undefined && claims.aud !== audience) return "other_product";
  if (claims.fph !== undefined) {
    if (fingerprint === undefined) return "needs_fingerprint";
    if (fingerprintHash(fingerprint, claims.aud) !== claims.fph) return "other_machine";
  }
  if (nowSeconds < claims.iat - CLOCK_TOLERANCE_SECONDS) return "clock_behind";
  return nowSeconds < claims.exp ? null : "expired";
}
