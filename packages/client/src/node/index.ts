export { deriveFingerprint } from "./derive-fingerprint.ts";
export type {
  DerivedFingerprint,
  HardwareIdentity,
  NeedsInstallationId,
} from "./derive-fingerprint.ts";
export { createFileStorage } from "./file-storage.ts";
export type { FileStorageOptions } from "./file-storage.ts";
export { readMachine } from "./read-machine.ts";
