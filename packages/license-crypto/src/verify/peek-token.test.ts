import { expect, test } from "vitest";
import fc from "fast-check";
import { signLease, signRefusal } from "../sign/index.ts";
import { leaseClaims, part, PRODUCT, refusalClaims, testKey } from "../test-fixtures.ts";
import { peekPayload, peekToken } from "./index.ts";

const { signer } = testKey("EdDSA");

test("a lease and a refusal name their key and product, whoever signed them", () => {
  const named = { kid: signer.kid, audience: PRODUCT };
  expect(peekToken(signLease(signer, leaseClaims))).toEqual(named);
  expect(peekToken(signRefusal(signer, refusalClaims))).toEqual(named);
  expect(peekToken(`${part({ kid: "k" })}.${part({ aud: "a" })}`)).toEqual({
    kid: "k",
    audience: "a",
  });
});

test.each([
  ["nothing", ""],
  ["no payload", part({ kid: "k" })],
  ["no kid", `${part({})}.${part({ aud: "a" })}.AA`],
  ["no audience", `${part({ kid: "k" })}.${part({})}.AA`],
  ["a list of audiences", `${part({ kid: "k" })}.${part({ aud: ["a"] })}.AA`],
  ["more than any token", `${part({ kid: "k" })}.${part({ aud: "a".repeat(16_384) })}.AA`],
])("%s names nothing", (_what, token) => {
  expect(peekToken(token)).toBe(null);
});

test("a lease says what it says, its signature good or bad", () => {
  const token = signLease(signer, leaseClaims);
  expect(peekPayload(token)).toEqual(leaseClaims);
  expect(peekPayload(`${token.slice(0, -4)}AAAA`)).toEqual(leaseClaims);
  expect(peekPayload("nothing")).toBe(undefined);
});

test("no text makes it throw", () => {
  fc.assert(
    fc.property(fc.array(fc.json().map((json) => part(json))), (parts) => {
      peekToken(parts.join("."));
      peekPayload(parts.join("."));
    }),
  );
});
