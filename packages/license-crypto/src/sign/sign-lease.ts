import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import type { Signer } from "./signer.ts";

/** A signed lease. Throws $ZodError on claims that a client would refuse: those are never signed. */
export function signLease(signer: Signer, claims: LeaseClaims): string {
  return signer.sign(LEASE_TYPE, leaseClaimsSchema.parse(claims));
}

/** A signed no on the seat path. Throws $ZodError on claims that a client would refuse. */
export function signRefusal(signer: Signer, claims: RefusalClaims): string {
  return signer.sign(REFUSAL_TYPE, refusalClaimsSchema.parse(claims));
}
