export { createLicenseFile } from "./create-license-file.ts";
export { endorseKey } from "./endorse-key.ts";
export { createOwnKeyRing } from "./own-key-ring.ts";
export { signLease, signRefusal } from "./sign-lease.ts";
export { createSigner } from "./signer.ts";
export type { Ed25519, Signer } from "./signer.ts";
export { generateSigningKey } from "./signing-key.ts";
export type { SigningKey } from "./signing-key.ts";
