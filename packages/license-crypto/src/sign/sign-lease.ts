import { $ZodObjectJIT, parse } from "zod/v4/core";
import { LEASE_TYPE, leaseClaimsSchema, REFUSAL_TYPE, refusalClaimsSchema } from "../claims.ts";
import type { LeaseClaims, RefusalClaims } from "../claims.ts";
import type { Signer } from "./signer.ts";

// The same checks, compiled: zod/mini leaves the compiler out, which would weigh in an app's bundle, and takes twice
// as long, with every heartbeat.
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
