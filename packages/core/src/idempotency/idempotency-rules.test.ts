import { isDomainError } from "@latchkey/contracts";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Actor } from "../call.ts";
import { callerText, canonicalJson, checkKey, judge } from "./idempotency-rules.ts";

const member: Actor = {
  kind: "member",
  userId: "u1",
  email: "kim@customer.test",
  emailVerified: true,
  organizationId: "o1",
  role: "owner",
};
const anonymous: Actor = { kind: "anonymous" };

describe("the key", () => {
  test.each(["a", "5f0c2b1e-acquire-1", "~".repeat(255)])("%s is taken", (key) => {
    expect(() => checkKey(key)).not.toThrow();
  });

  test.each(["", " ", "a b", "tab\t", "ключ", "x".repeat(256)])("%j is refused", (key) => {
    expect(() => checkKey(key)).toThrow(
      expect.toSatisfy((error) => isDomainError(error, "BAD_REQUEST")),
    );
  });
});

describe("the canonical text of an input", () => {
  test("does not depend on the order of fields", () => {
    expect(canonicalJson({ b: 1, a: { d: [1, 2], c: null } })).toBe(
      canonicalJson({ a: { c: null, d: [1, 2] }, b: 1 }),
    );
  });

  test("leaves out nothing of it", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (input) => {
        expect(JSON.parse(canonicalJson(input))).toEqual(JSON.parse(JSON.stringify(input)));
      }),
    );
  });
});

describe("the caller", () => {
  test("is a person in one organization", () => {
    const elsewhere = { ...member, organizationId: "o2" };
    expect(callerText(member, "member", {})).not.toBe(callerText(elsewhere, "member", {}));
    expect(callerText(member, "member", { a: 1 })).toBe(callerText(member, "member", { a: 2 }));
  });

  test("is the person alone where the organization may change by the call itself", () => {
    const elsewhere = { ...member, organizationId: "o2" };
    expect(callerText(elsewhere, "signedIn", {})).toBe(callerText(member, "signedIn", {}));
    const somebody = { ...member, userId: "u2" };
    expect(callerText(somebody, "signedIn", {})).not.toBe(callerText(member, "signedIn", {}));
  });

  test("is the license key or the lease where that is the right to call, signed in or not", () => {
    const input = { licenseKey: "LATCH-1", fingerprint: "f" };
    const text = callerText(anonymous, "licenseKey", input);
    expect(callerText(member, "licenseKey", { ...input, fingerprint: "g" })).toBe(text);
    expect(callerText(anonymous, "licenseKey", { ...input, licenseKey: "LATCH-2" })).not.toBe(text);
    expect(callerText(anonymous, "lease", { lease: "a.b.c" })).not.toBe(
      callerText(anonymous, "lease", { lease: "a.b.d" }),
    );
  });

  test("is its whole input where nobody is known, so that strangers never meet", () => {
    expect(callerText(anonymous, "public", { card: "1" })).not.toBe(
      callerText(anonymous, "public", { card: "2" }),
    );
  });
});

describe("a row under the key", () => {
  const [hash, other] = [Buffer.from("one"), Buffer.from("other")];
  test.each([
    ["other-request", { requestHash: other, answered: true, ageSeconds: 1 }],
    ["other-request", { requestHash: other, answered: false, ageSeconds: 3600 }],
    ["replay", { requestHash: hash, answered: true, ageSeconds: 3600 }],
    ["running", { requestHash: hash, answered: false, ageSeconds: 60 }],
    ["abandoned", { requestHash: hash, answered: false, ageSeconds: 60.1 }],
  ] as const)("means %s for %o", (judgement, row) => {
    expect(judge(row, hash)).toBe(judgement);
  });
});
