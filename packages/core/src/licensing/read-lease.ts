import { DomainError } from "@latchkey/contracts";
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
    // Byte for byte what this process made of typed claims, whose shape needs no second look.
    if (ownLeases.knows(lease)) return peekPayload(lease) as LeaseClaims;
    const named = peekToken(lease);
    if (named !== null) {
      const { audience } = named;
      const ring = await catalog.getKeyRing(audience, lease);
      const verified = verifyLease(ring, lease, { issuer: settings.publicUrl, audience });
      if (verified.ok) return verified.claims;
    }
    throw new DomainError("LEASE_INVALID", { remedy: "Acquire a seat with the license key." });
  };
