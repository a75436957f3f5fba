import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leaseClaimsOf } from "./lease-rules.ts";
import type { LeasedSession } from "./lease-rules.ts";

const session: LeasedSession = {
  sessionId: "session",
  licenseId: "license",
  organizationId: "organization",
  productId: "product",
  machineId: "machine",
  fingerprint: "fingerprint",
  startedAt: new Date(0),
  renewedAt: new Date(10_400),
  expiresAt: new Date(370_400),
  seq: 3,
  features: { export: true },
  limits: { projects: 1 },
  maxSeats: 2,
};

describe("a lease", () => {
  test("lasts 360 s and its grace 1800 s more", () => {
    expect(leaseClaimsOf(session, "https://issuer.test")).toMatchObject({
      iss: "https://issuer.test",
      aud: "product",
      sub: "license",
      sid: "session",
      mch: "machine",
      iat: 10,
      exp: 370,
      graceUntil: 2170,
      seq: 3,
      features: { export: true },
      limits: { projects: 1 },
    });
  });

  test("never ends later than what PostgreSQL counts, nor 360 s after it was granted", () => {
    const instant = fc.integer({ min: 1_000, max: 10_000_000 });
    fc.assert(
      fc.property(instant, instant, (renewed, length) => {
        const expiresAt = new Date(renewed + length);
        const { iat, exp } = leaseClaimsOf(
          { ...session, renewedAt: new Date(renewed), expiresAt },
          "https://issuer.test",
        );
        expect(exp * 1000).toBeLessThanOrEqual(expiresAt.getTime());
        expect(exp - iat).toBeLessThanOrEqual(360);
      }),
    );
  });
});
