/** All that an app on a customer's machine may use; it imports nothing that signs. */
export type { LeaseClaims, LicenseFileClaims, RefusalClaims } from "../claims.ts";
export { findLicenseKey } from "../find-license-key.ts";
export { fingerprintHash } from "../fingerprint-hash.ts";
export type { PublicJwk } from "../jwk.ts";
export { maskLicenseKey, parseLicenseKey } from "../license-key.ts";
export type { LicenseKeyParts, LicenseKeyResult, LicenseKeyText } from "../license-key.ts";
export { extendKeyRing } from "./extend-key-ring.ts";
export { createKeyRing } from "./key-ring.ts";
export type { KeyRing, VerificationKey } from "./key-ring.ts";
export { leaseState, refusalEndsLease } from "./lease-rules.ts";
export type { LeaseState } from "./lease-rules.ts";
export { openLicenseFile } from "./open-license-file.ts";
export type {
  LicenseFileFacts,
  OpenedLicenseFile,
  UnreadableFileReason,
  UnusableFileReason,
} from "./open-license-file.ts";
export { peekPayload, peekToken } from "./peek-token.ts";
export { verifyLease, verifyRefusal } from "./verify-lease.ts";
export type { ExpectedAnswer } from "./verify-lease.ts";
export type { ExpectedToken, TokenRefusal, VerifiedToken } from "./verify-token.ts";
