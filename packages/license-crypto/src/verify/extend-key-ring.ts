import { z } from "zod";
import { KEY_ENDORSEMENT_TYPE, keyEndorsementClaimsSchema } from "../claims.ts";
import { verifyCompactJws } from "./compact-jws.ts";
import { importKey } from "./key-ring.ts";
import type { KeyRing, VerificationKey } from "./key-ring.ts";
import type { ExpectedToken } from "./verify-lease.ts";

const jwksSchema = z.object({ keys: z.array(z.unknown()) });
const endorsedSchema = z.object({ endorsement: z.string() });

/**
 * The ring with every key of a fetched JWK set that a chain of endorsements reaches from keys already
 * in it. The set itself may come from anybody: what counts is the key inside the endorsement, for this
 * product alone. A kid that the ring holds keeps its key. Anything else in the set is left out, and a
 * set that is none adds nothing.
 */
export function extendKeyRing(keyRing: KeyRing, jwks: unknown, expected: ExpectedToken): KeyRing {
  const set = jwksSchema.safeParse(jwks);
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
  const jws = verifyCompactJws(keyRing, endorsement, KEY_ENDORSEMENT_TYPE);
  const claims = keyEndorsementClaimsSchema.safeParse(jws.ok ? jws.payload : undefined);
  if (!claims.success || claims.data.aud !== expected.audience) return null;
  if (expected.issuer !== undefined && claims.data.iss !== expected.issuer) return null;
  return importKey(claims.data.jwk);
}

const withKey = (keyRing: KeyRing, key: VerificationKey): KeyRing => ({
  kids: [...keyRing.kids, key.kid],
  find: (kid) => (kid === key.kid ? key : keyRing.find(kid)),
});
