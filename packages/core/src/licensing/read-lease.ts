import { DomainError } from "@latchkey/contracts";
import { leaseClaimsSchema } from "@latchkey/license-crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { verifyLease } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { VerbDeps } from "./deps.ts";

const Audience = z.object({ aud: z.uuid() });

/** What a lease says, proved by nothing. Throws SyntaxError for what is no lease at all. */
const payloadOf = (lease: string): unknown => {
  const [, payload = ""] = lease.split(".", 2);
  return JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
};

/** The product that a lease claims to be for: unproved, it only says whose keys to try. */
const audienceOf = (lease: string): string | null => {
  try {
    return Audience.parse(payloadOf(lease)).aud;
  } catch {
    return null;
  }
};

/**
 * What a lease says, once the signature of its product's key holds, or this process knows that it signed
 * it; an expired one too. Throws LEASE_INVALID, which is unsigned: a client takes it for network trouble.
 */
export const readLease =
  ({ catalog, ownLeases, settings }: Pick<VerbDeps, "catalog" | "ownLeases" | "settings">) =>
  async (lease: string): Promise<LeaseClaims> => {
    if (ownLeases.knows(lease)) return leaseClaimsSchema.parse(payloadOf(lease));
    const audience = audienceOf(lease);
    if (audience !== null) {
      const ring = await catalog.getKeyRing(audience, lease);
      const verified = verifyLease(ring, lease, { issuer: settings.publicUrl, audience });
      if (verified.ok) return verified.claims;
    }
    throw new DomainError("LEASE_INVALID", { remedy: "Acquire a seat with the license key." });
  };
