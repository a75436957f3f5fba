import type { KeyRing } from "../verify/key-ring.ts";
import type { Signer } from "./signer.ts";

/**
 * A ring for whoever also holds the private key of `kid`: it knows the signatures of that Ed25519 key by making
 * them again, whichever process made them, and verifies all others. `findSigner` is asked for each token of that key;
 * null, or a signer of another key, leaves the token to be verified. It believes nothing more than `keyRing` as long as the
 * private key is that of the public one.
 */
export function createOwnKeyRing(
  keyRing: KeyRing,
  { kid, findSigner }: { kid: string; findSigner: () => Signer | null },
): KeyRing {
  const key = keyRing.find(kid);
  if (key?.algorithm !== "EdDSA") return keyRing;
  const isOwn = (message: Buffer, signature: Buffer): boolean => {
    const signer = findSigner();
    return signer?.kid === kid && signer.isOwn(message, signature);
  };
  const ownKey = { ...key, isOwn };
  return { kids: keyRing.kids, find: (name) => (name === kid ? ownKey : keyRing.find(name)) };
}
