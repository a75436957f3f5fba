import { describe, expect, test } from "vitest";
import { leaseClaimsSchema, licenseFileClaimsSchema, refusalClaimsSchema } from "./claims.ts";
import { fileClaims, IAT, leaseClaims, refusalClaims } from "./test-fixtures.ts";

describe("claims", () => {
  test("are accepted whole, and those of a newer server are ignored", () => {
    expect(leaseClaimsSchema.parse({ ...leaseClaims, later: 1 })).toEqual(leaseClaims);
    expect(refusalClaimsSchema.parse({ ...refusalClaims, later: 1 })).toEqual(refusalClaims);
    expect(licenseFileClaimsSchema.parse({ ...fileClaims, later: 1 })).toEqual(fileClaims);
  });

  test.each(Object.keys(leaseClaims))("of a lease must include %s", (claim) => {
    expect(leaseClaimsSchema.safeParse({ ...leaseClaims, [claim]: undefined }).success).toBe(false);
  });

  test.each([
    ["seq zero", { seq: 0 }],
    ["a fraction of a second", { iat: IAT + 0.5 }],
    ["an instant as text", { exp: "soon" }],
    ["an expiry before its issue", { exp: IAT }],
    ["a grace that ends before the lease", { graceUntil: IAT + 359 }],
    ["a hash of another length", { fph: "abc" }],
    ["an instant before the epoch", { iat: -1 }],
    ["an instant past what a number holds exactly", { graceUntil: 2 ** 53 }],
    ["an empty id", { sub: "" }],
    ["an id of 201 characters", { sub: "i".repeat(201) }],
    ["a feature that is an object", { features: { a: {} } }],
    ["features as a list", { features: [true] }],
    ["a limit that is not finite", { limits: { a: Number.POSITIVE_INFINITY } }],
    ["several audiences", { aud: ["a", "b"] }],
  ])("of a lease refuse %s", (_what, change) => {
    expect(leaseClaimsSchema.safeParse({ ...leaseClaims, ...change }).success).toBe(false);
  });

  test("count a name by its characters, of whatever script and in several lines", () => {
    const nameOf = (length: number) => "a\n" + "\u{1F511}".repeat(length - 2);
    const named = (iss: string) => leaseClaimsSchema.safeParse({ ...leaseClaims, iss }).success;
    expect([500, 501].map((length) => named(nameOf(length)))).toEqual([true, false]);
  });

  test.each(["VALID", "PAST_DUE", "", "lower", "WITH SPACE"])(
    "of a refusal refuse the code %j",
    (code) => {
      expect(refusalClaimsSchema.safeParse({ ...refusalClaims, code }).success).toBe(false);
    },
  );

  test("of a refusal may leave out the session and the seats", () => {
    const { sid: _sid, maxSeats: _max, usedSeats: _used, ...least } = refusalClaims;
    expect(refusalClaimsSchema.safeParse({ ...least, code: "REVOKED" }).success).toBe(true);
  });
});
