import { describe, expect, test } from "vitest";
import { IAT, leaseClaims, refusalClaims } from "../test-fixtures.ts";
import { leaseState, refusalEndsLease } from "./lease-rules.ts";

describe("leaseState", () => {
  test.each([
    [IAT, "live"],
    [IAT + 359.9, "live"],
    [IAT + 360, "grace"],
    [IAT + 2159.9, "grace"],
    [IAT + 2160, "over"],
    [IAT - 1000, "live"],
  ] as const)("at %d is %s", (nowSeconds, state) => {
    expect(leaseState(leaseClaims, nowSeconds)).toBe(state);
  });

  test("has no grace when the grace ends with the lease", () => {
    expect(leaseState({ exp: 10, graceUntil: 10 }, 10)).toBe("over");
  });
});

describe("refusalEndsLease", () => {
  const { sid: _sid, ...withoutSession } = refusalClaims;

  test.each([
    ["issued in the same second", refusalClaims, true],
    ["issued later", { ...refusalClaims, iat: IAT + 300 }, true],
    ["that names no session", withoutSession, true],
    ["issued before the lease", { ...refusalClaims, iat: IAT - 1 }, false],
    ["to another license", { ...refusalClaims, sub: "other" }, false],
    ["to another machine", { ...refusalClaims, fph: "A".repeat(43) }, false],
    ["of another session", { ...refusalClaims, sid: "other" }, false],
    ["of another product", { ...refusalClaims, aud: "other" }, false],
    ["by another server", { ...refusalClaims, iss: "other" }, false],
  ])("a no %s: %s", (_what, refusal, ends) => {
    expect(refusalEndsLease(refusal, leaseClaims)).toBe(ends);
  });
});
