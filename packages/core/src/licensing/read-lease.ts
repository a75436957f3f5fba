import { DomainError } from "@latchkey/contracts";
import { leaseClaimsSchema } from "@latchkey/license-crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { peekPayload, peekToken, verifyLease } from "@latchkey/license-crypto/verify";
import type { VerbDeps } from "./deps.ts";

/**
 * What a lease says, once the signature of its product's key holds, or this process knows that it signed
 * it; an expired one too. Throws LEASE_INVALID, which is unsigned: a client takes it for network trouble.
 */
export const readLease =
  ({ catalog, ownLeases, settings }: Pick<VerbDeps, "catalog" | "ownLeases" | "settings">) =>
  async (lease: string): Promise<LeaseClaims> => {
    if (ownLeases.knows(lease)) return leaseClaimsSchema.parse(peekPayload(lease));
    const named = peekToken(lease);
    if (named !== null) {
      const { audience } = named;
      const ring = await catalog.getKeyRing(audience, lease);
      const verified = verifyLease(ring, lease, { issuer: settings.publicUrl, audience });
      if (verified.ok) return verified.claims;
    }
    throw new DomainError("LEASE_INVALID", { remedy: "Acquire a seat with the license key." });
  };
