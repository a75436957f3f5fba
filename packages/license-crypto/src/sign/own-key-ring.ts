import type { KeyRing } from "../verify/key-ring.ts";
import type { Signer } from "./signer.ts";

/**
 * A key ring for a server that holds the private key of `kid`. It proves that key's signatures by making them again
 * (RFC 8032, section 5.1.6), whichever process made them, and verifies what that does not prove. Answers `keyRing`
 * itself where `kid` is unknown or not Ed25519.
 *
 * `findSigner` is asked for each token of that key; null, or a signer of another key, leaves the token to be verified.
 * It must not throw, since verifiers throw on no input. Its private key must be the half of the ring's public key, or
 * more is believed than by `keyRing`.
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
