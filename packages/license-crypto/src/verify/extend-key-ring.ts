import * as z from "zod/mini";
import { KEY_ENDORSEMENT_TYPE, keyEndorsementClaimsSchema } from "../claims.ts";
import { jwkSetSchema } from "../jwk.ts";
import { importKey } from "./key-ring.ts";
import type { KeyRing, VerificationKey } from "./key-ring.ts";
import { verifyToken } from "./verify-token.ts";
import type { ExpectedToken } from "./verify-token.ts";

const endorsedSchema = z.object({ endorsement: z.string() });

/**
 * The ring with every key of a fetched JWK set that a chain of endorsements reaches from keys already
 * in it. The set itself may come from anybody: what counts is the key inside the endorsement, for this
 * product alone. A kid that the ring holds keeps its key. Anything else in the set is left out, and a
 * set that is none adds nothing.
 */
export function extendKeyRing(keyRing: KeyRing, jwks: unknown, expected: ExpectedToken): KeyRing {
  const set = jwkSetSchema.safeParse(jwks);
  let waiting = (set.data?.keys ?? []).flatMap((jwk) => {
    const endorsed = endorsedSchema.safeParse(jwk);
    return endorsed.success ? [endorsed.data.endorsement] : [];
  });
  let extended = keyRing;
  // A key may stand in the set before the one that vouches for it, so each pass begins anew.
  for (let learned = true; learned;) {
    learned = false;
    for (const endorsement of waiting) {
      const key = endorsedKey(extended, endorsement, expected);
      if (key === null || extended.find(key.kid) !== undefined) continue;
      extended = withKey(extended, key);
      waiting = waiting.filter((other) => other !== endorsement);
      learned = true;
    }
  }
  return extended;
}

function endorsedKey(
  keyRing: KeyRing,
  endorsement: string,
  expected: ExpectedToken,
): VerificationKey | null {
  const verified = verifyToken(
    keyRing,
    endorsement,
    expected,
    KEY_ENDORSEMENT_TYPE,
    keyEndorsementClaimsSchema,
  );
  return verified.ok ? importKey(verified.claims.jwk) : null;
}

const withKey = (keyRing: KeyRing, key: VerificationKey): KeyRing => ({
  kids: [...keyRing.kids, key.kid],
  find: (kid) => (kid === key.kid ? key : keyRing.find(kid)),
});
