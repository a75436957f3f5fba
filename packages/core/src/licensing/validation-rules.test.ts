import { ValidationCode } from "@latchkey/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { barOf, isValid, judge } from "./validation-rules.ts";
import type { ValidationFacts } from "./validation-rules.ts";

const now = new Date("2026-01-10T00:00:00Z");
const past = new Date("2026-01-09T00:00:00Z");

const fine: ValidationFacts = {
  license: { status: "active", expiresAt: null, subscriptionId: null },
  productMatches: true,
  features: { export: true, api: false, tier: "pro" },
  wantedFeatures: ["export", "tier"],
  machine: "active",
  usedMachines: 1,
  maxMachines: 1,
  seatAvailable: true,
};

const license = (status: "active" | "past_due" | "suspended" | "expired" | "revoked") => ({
  license: { status, expiresAt: null, subscriptionId: null },
});

/** One fault for each code, in the order of judgement. */
const faults: [ValidationCode, Partial<ValidationFacts>][] = [
  ["NOT_FOUND", { license: null }],
  ["REVOKED", license("revoked")],
  ["SUSPENDED", license("suspended")],
  ["EXPIRED", license("expired")],
  ["PRODUCT_MISMATCH", { productMatches: false }],
  ["FEATURE_MISSING", { wantedFeatures: ["api"] }],
  ["FINGERPRINT_BANNED", { machine: "banned" }],
  ["NO_MACHINE", { machine: "unknown", usedMachines: 0 }],
  ["FINGERPRINT_MISMATCH", { machine: "unknown", usedMachines: 1 }],
  ["MACHINE_LIMIT", { usedMachines: 2 }],
  ["SEATS_EXHAUSTED", { seatAvailable: false }],
  ["PAST_DUE", license("past_due")],
  ["VALID", {}],
];

describe("a validation", () => {
  test.each(faults)("finds %s", (code, fault) => {
    expect(judge({ ...fine, ...fault }, now)).toBe(code);
  });

  test("knows every code but the one that no plan can cause yet", () => {
    const found = new Set(faults.map(([code]) => code));
    expect(ValidationCode.options.filter((code) => !found.has(code))).toEqual([
      "VERSION_NOT_ALLOWED",
    ]);
  });

  test("says the first of several faults, in the order of the codes", () => {
    fc.assert(
      fc.property(fc.subarray(faults, { minLength: 1 }), (chosen) => {
        // A later fault never undoes an earlier one: each writes facts, the earlier ones last.
        const facts = chosen.toReversed().reduce((all, [, fault]) => ({ ...all, ...fault }), fine);
        expect(judge(facts, now)).toBe(chosen[0]?.[0]);
      }),
    );
  });

  test.each<[string, Partial<ValidationFacts>]>([
    ["asks for a feature that the plan has never heard of", { wantedFeatures: ["none"] }],
    ["asks for one that is off", { wantedFeatures: ["export", "api"] }],
  ])("misses a feature when the app %s", (_, fault) => {
    expect(judge({ ...fine, ...fault }, now)).toBe("FEATURE_MISSING");
  });

  test("asks nothing about machines and seats where no machine is named", () => {
    const facts = { ...fine, machine: null, seatAvailable: false, usedMachines: 9 };
    expect(judge(facts, now)).toBe("VALID");
  });

  test("is valid for the last two codes alone", () => {
    expect(ValidationCode.options.filter(isValid)).toEqual(["PAST_DUE", "VALID"]);
  });
});

test("a license expires at its instant, whether or not the worker got round to it", () => {
  const alone = { subscriptionId: null };
  expect(barOf({ ...alone, status: "active", expiresAt: now }, now)).toBe("EXPIRED");
  expect(barOf({ ...alone, status: "past_due", expiresAt: past }, now)).toBe("EXPIRED");
  expect(barOf({ ...alone, status: "active", expiresAt: now }, past)).toBeNull();
});

test("a license that a subscription pays for waits a day for that subscription's word", () => {
  const paid = { subscriptionId: "one", status: "active" } as const;
  expect(barOf({ ...paid, expiresAt: now }, now)).toBeNull();
  expect(barOf({ ...paid, expiresAt: past }, now)).toBe("EXPIRED");
  expect(barOf({ ...paid, status: "expired", expiresAt: now }, now)).toBe("EXPIRED");
});
