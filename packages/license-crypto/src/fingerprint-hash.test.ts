import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import fc from "fast-check";
import { fingerprintHash } from "./fingerprint-hash.ts";

test("is the documented SHA-256, so that another language can compute it", () => {
  const bytes = Buffer.concat([
    Buffer.from("latchkey/fingerprint/v1"),
    Buffer.from([0]),
    Buffer.from("product-1"),
    Buffer.from([0]),
    Buffer.from("linux:0123456789abcdef"),
  ]);
  const expected = createHash("sha256").update(bytes).digest("base64url");
  expect(fingerprintHash("linux:0123456789abcdef", "product-1")).toBe(expected);
  expect(expected).toHaveLength(43);
});

test("differs whenever the machine or the product differs", () => {
  const text = fc.stringMatching(/^[A-Za-z0-9_.:-]{1,8}$/);
  fc.assert(
    fc.property(text, text, text, text, (machineA, productA, machineB, productB) => {
      const same = machineA === machineB && productA === productB;
      const equal = fingerprintHash(machineA, productA) === fingerprintHash(machineB, productB);
      expect(equal).toBe(same);
    }),
  );
});

test("refuses a NUL, which would make two inputs one", () => {
  expect(() => fingerprintHash("a\0b", "p")).toThrow(RangeError);
  expect(() => fingerprintHash("a", "p\0b")).toThrow(RangeError);
});
