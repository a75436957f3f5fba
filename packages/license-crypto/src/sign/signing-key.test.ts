import { createPrivateKey, createPublicKey } from "node:crypto";
import { describe, expect, test } from "vitest";
import { calculateJwkThumbprint } from "jose";
import { LEASE_TYPE } from "../claims.ts";
import { leaseClaims, part, PRODUCT, refusalClaims, testKey } from "../test-fixtures.ts";
import { createKeyRing, verifyLease } from "../verify/index.ts";
import { createSigner, generateSigningKey, signLease, signRefusal } from "./index.ts";

describe("generateSigningKey", () => {
  test.each([
    ["EdDSA", "ed25519", undefined],
    ["PS256", "rsa", 4096],
  ] as const)("makes a whole %s key", async (algorithm, type, bits) => {
    const made = await generateSigningKey(algorithm);
    const privateKey = createPrivateKey(made.privateKeyPem);
    expect(privateKey.asymmetricKeyType).toBe(type);
    expect(privateKey.asymmetricKeyDetails?.modulusLength).toBe(bits);
    expect(made.publicJwk).toMatchObject({ kid: made.kid, alg: algorithm, use: "sig" });
    expect(Object.keys(made.publicJwk)).not.toContain("d");
    expect(made.kid).toBe(await calculateJwkThumbprint(made.publicJwk, "sha256"));

    const signer = createSigner({ kid: made.kid, algorithm, privateKey });
    const ring = createKeyRing({ keys: [made.publicJwk] });
    const token = signLease(signer, leaseClaims);
    expect(verifyLease(ring, token, { audience: PRODUCT })).toEqual({
      ok: true,
      claims: leaseClaims,
    });
  });
});

describe("createSigner", () => {
  const { privateKey, signer } = testKey("EdDSA", "k1");

  test("writes the header once and alike for every token of a type", () => {
    const first = signer.sign(LEASE_TYPE, { a: 1 });
    const second = signer.sign(LEASE_TYPE, { a: 2 });
    const header = part({ alg: "EdDSA", kid: "k1", typ: LEASE_TYPE });
    expect(first.startsWith(`${header}.`)).toBe(true);
    expect(second.startsWith(`${header}.`)).toBe(true);
    expect(signer.sign("other+jwt", {}).startsWith(`${header}.`)).toBe(false);
  });

  test.each([
    ["an Ed25519 key for PS256", { algorithm: "PS256", privateKey }],
    ["an RSA key for EdDSA", { algorithm: "EdDSA", privateKey: testKey("PS256").privateKey }],
    ["a public key", { algorithm: "EdDSA", privateKey: createPublicKey(privateKey) }],
  ] as const)("refuses %s", (_what, options) => {
    expect(() => createSigner({ kid: "k", ...options })).toThrow(TypeError);
  });

  test("refuses a token that no verifier would read", () => {
    const features = { note: "x".repeat(13_000) };
    expect(() => signLease(signer, { ...leaseClaims, features })).toThrow(RangeError);
  });

  test("refuses claims that a client would refuse", () => {
    expect(() => signLease(signer, { ...leaseClaims, exp: Number.NaN })).toThrow("exp");
    expect(() => signLease(signer, { ...leaseClaims, seq: 0 })).toThrow("seq");
    expect(() => signRefusal(signer, { ...refusalClaims, code: "VALID" })).toThrow("code");
  });
});
