export * from "./claims.ts";
export { findLicenseKey } from "./find-license-key.ts";
export { fingerprintHash } from "./fingerprint-hash.ts";
export { jwkThumbprint, publicJwkSchema } from "./jwk.ts";
export type { PublicJwk, SigningAlgorithm } from "./jwk.ts";
export {
  generateLicenseKey,
  isLicenseKeyText,
  maskLicenseKey,
  parseLicenseKey,
} from "./license-key.ts";
export type { LicenseKeyParts, LicenseKeyResult, LicenseKeyText } from "./license-key.ts";
