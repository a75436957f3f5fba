import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { testKey } from "../test-fixtures.ts";
import { createKeyRing } from "./key-ring.ts";

const ed = testKey("EdDSA", "ed").publicJwk;
const rsa = testKey("PS256", "rsa").publicJwk;
const jwkOf = (bits: number) =>
  generateKeyPairSync("rsa", { modulusLength: bits }).publicKey.export({ format: "jwk" });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });

describe("createKeyRing", () => {
  test("holds the Ed25519 and PS256 keys under their kids", () => {
    const ring = createKeyRing({ keys: [ed, rsa] });
    expect(ring.kids).toEqual(["ed", "rsa"]);
    expect(ring.find("ed")?.algorithm).toBe("EdDSA");
    expect(ring.find("rsa")?.algorithm).toBe("PS256");
    expect(ring.find("other")).toBeUndefined();
    expect(ring.find("__proto__")).toBeUndefined();
  });

  test("holds public keys only, even when handed a private one", () => {
    const { privateKey } = testKey("EdDSA");
    const jwk = { ...privateKey.export({ format: "jwk" }), alg: "EdDSA", kid: "p" };
    expect(createKeyRing({ keys: [jwk] }).find("p")?.publicKey.type).toBe("public");
  });

  test.each([
    ["a symmetric key", { kty: "oct", k: "c2VjcmV0", alg: "HS256", kid: "x" }],
    ["an elliptic curve key", { ...ec, alg: "ES256", kid: "x" }],
    ["an RSA key for RS256", { ...rsa, alg: "RS256", kid: "x" }],
    ["an RSA key that names no algorithm", { ...rsa, alg: undefined, kid: "x" }],
    ["an RSA key of 1024 bits", { ...jwkOf(1024), alg: "PS256", kid: "x" }],
    ["an Ed25519 key for encryption", { ...ed, use: "enc" }],
    ["an Ed25519 key without kid", { ...ed, kid: undefined }],
    ["another curve", { ...ed, crv: "X25519" }],
    ["a point of the wrong length", { ...ed, x: "AAAA" }],
    ["no key at all", null],
  ])("leaves out %s", (_what, jwk) => {
    expect(createKeyRing({ keys: [jwk] }).kids).toEqual([]);
  });

  test("refuses two keys under one kid", () => {
    expect(() => createKeyRing({ keys: [ed, { ...rsa, kid: "ed" }] })).toThrow(RangeError);
  });
});
