import { KEY_ENDORSEMENT_TYPE, keyEndorsementClaimsSchema } from "../claims.ts";
import type { KeyEndorsementClaims } from "../claims.ts";
import type { Signer } from "./signer.ts";

/**
 * The old key's word for the new one, made at a rotation and served beside the new key: a client that
 * pinned the old key believes the new one by it. Throws $ZodError on claims that a client would refuse.
 */
export function endorseKey(signer: Signer, claims: KeyEndorsementClaims): string {
  return signer.sign(KEY_ENDORSEMENT_TYPE, keyEndorsementClaimsSchema.parse(claims));
}
