import { DomainError } from "@latchkey/contracts";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { verifyLease } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { LicensingDeps } from "./deps.ts";

const Audience = z.object({ aud: z.uuid() });

/** The product that a lease claims to be for: unproved, it only says whose keys to try. */
const audienceOf = (lease: string): string | null => {
  const [, payload = ""] = lease.split(".", 2);
  try {
    return Audience.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8"))).aud;
  } catch {
    return null;
  }
};

/**
 * What a lease says, once the signature of its product's key holds; an expired one too. Throws
 * LEASE_INVALID, which is unsigned: a client takes it for network trouble.
 */
export const readLease =
  ({ catalog, settings }: Pick<LicensingDeps, "catalog" | "settings">) =>
  async (lease: string): Promise<LeaseClaims> => {
    const audience = audienceOf(lease);
    if (audience !== null) {
      const ring = await catalog.getKeyRing(audience, lease);
      const verified = verifyLease(ring, lease, { issuer: settings.publicUrl, audience });
      if (verified.ok) return verified.claims;
    }
    throw new DomainError("LEASE_INVALID", { remedy: "Acquire a seat with the license key." });
  };
