import type { KeyRing } from "../verify/key-ring.ts";
import type { Signer } from "./signer.ts";

/**
 * A ring for whoever holds the private key of `kid`, which is in it: by this key it knows its own signatures in a fifth of
 * the time, whichever process made them. `findSigner` is asked when the first token is verified. The ring believes
 * what it believed without.
 */
export function createOwnKeyRing(
  keyRing: KeyRing,
  { kid, findSigner }: { kid: string; findSigner: () => Signer },
): KeyRing {
  const key = keyRing.find(kid);
  if (key === undefined) return keyRing;
  const ownKey = {
    ...key,
    made: (message: Buffer, signature: Buffer) => findSigner().made(message, signature),
  };
  return { kids: keyRing.kids, find: (name) => (name === kid ? ownKey : keyRing.find(name)) };
}
