import { $ZodObjectJIT, parse } from "zod/v4/core";
import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import type { Signer } from "./signer.ts";

// zod/mini leaves zod's compiler out to keep apps small. Here the same schemas are compiled: they check every lease, in
// half the time.
const leaseClaims = new $ZodObjectJIT(leaseClaimsSchema._zod.def);
const refusalClaims = new $ZodObjectJIT(refusalClaimsSchema._zod.def);

/** A signed lease. Throws $ZodError on claims that a client would refuse: those are never signed. */
export function signLease(signer: Signer, claims: LeaseClaims): string {
  return signer.sign(LEASE_TYPE, parse(leaseClaims, claims));
}

/** A signed no on the seat path. Throws $ZodError on claims that a client would refuse. */
export function signRefusal(signer: Signer, claims: RefusalClaims): string {
  return signer.sign(REFUSAL_TYPE, parse(refusalClaims, claims));
}
