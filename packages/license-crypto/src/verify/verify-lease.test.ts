import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { CompactSign, compactVerify, importJWK } from "jose";
import { LEASE_TYPE, REFUSAL_TYPE } from "../claims.ts";
import { signLease, signRefusal } from "../sign/index.ts";
import { ISSUER, leaseClaims, PRODUCT, refusalClaims, testKey } from "../test-fixtures.ts";
import { createKeyRing, verifyLease, verifyRefusal } from "./index.ts";

const keys = { EdDSA: testKey("EdDSA"), PS256: testKey("PS256") };
const ring = createKeyRing({ keys: [keys.EdDSA.publicJwk, keys.PS256.publicJwk] });
const expected = { issuer: ISSUER, audience: PRODUCT };

describe.each(["EdDSA", "PS256"] as const)("a lease under %s", (algorithm) => {
  const { signer, privateKey, publicJwk } = keys[algorithm];
  const token = signLease(signer, leaseClaims);

  test("comes back as it was signed", () => {
    expect(verifyLease(ring, token, expected)).toEqual({ ok: true, claims: leaseClaims });
    expect(verifyLease(ring, token, { audience: PRODUCT }).ok).toBe(true);
  });

  test("is believed by jose", async () => {
    const opened = await compactVerify(token, await importJWK(publicJwk, algorithm));
    expect(opened.protectedHeader).toEqual({ alg: algorithm, kid: signer.kid, typ: LEASE_TYPE });
    expect(JSON.parse(new TextDecoder().decode(opened.payload))).toEqual(leaseClaims);
  });

  test("made by jose is believed by us", async () => {
    const payload = new TextEncoder().encode(JSON.stringify(leaseClaims));
    const made = await new CompactSign(payload)
      .setProtectedHeader({ alg: algorithm, kid: signer.kid, typ: LEASE_TYPE })
      .sign(await importJWK({ ...privateKey.export({ format: "jwk" }) }, algorithm));
    expect(verifyLease(ring, made, expected)).toEqual({ ok: true, claims: leaseClaims });
  });

  test("fails when any one character is changed, dropped or doubled", () => {
    for (let index = 0; index < token.length; index += 1) {
      const [before, here, after] = [
        token.slice(0, index),
        token.charAt(index),
        token.slice(index + 1),
      ];
      for (const changed of [here === "A" ? "B" : "A", here === "." ? "_" : ".", "", here + here]) {
        expect(verifyLease(ring, before + changed + after, expected).ok).toBe(false);
      }
    }
  });

  test("fails when any one byte is changed to any other", () => {
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.nat(255), (index, byte) => {
        const bytes = Buffer.from(token, "latin1");
        fc.pre(bytes[index] !== byte);
        bytes[index] = byte;
        expect(verifyLease(ring, bytes.toString("latin1"), expected).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("fails when any one bit of a decoded part is flipped", () => {
    fc.assert(
      fc.property(fc.nat(2), fc.nat(), fc.nat(7), (which, at, bit) => {
        const parts = token.split(".").map((text) => Buffer.from(text, "base64url"));
        const bytes = parts[which] ?? Buffer.alloc(0);
        const index = at % bytes.length;
        bytes[index] = (bytes[index] ?? 0) ^ (1 << bit);
        const forged = parts.map((decoded) => decoded.toString("base64url")).join(".");
        expect(verifyLease(ring, forged, expected).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("verifyLease", () => {
  const { signer } = keys.EdDSA;

  test("round-trips any features and limits", () => {
    const name = fc.string().filter((text) => text !== "__proto__");
    const plain = { noNullPrototype: true };
    const value = fc.oneof(fc.boolean(), fc.string({ unit: "grapheme" }), fc.integer());
    const features = fc.dictionary(name, value, plain);
    const limits = fc.dictionary(name, fc.integer(), plain);
    fc.assert(
      fc.property(features, limits, fc.integer({ min: 1 }), (someFeatures, someLimits, seq) => {
        const claims = { ...leaseClaims, features: someFeatures, limits: someLimits, seq };
        expect(verifyLease(ring, signLease(signer, claims), expected)).toEqual({
          ok: true,
          claims,
        });
      }),
    );
  });

  test.each([
    ["another product", { ...leaseClaims, aud: "other" }, "wrong_audience"],
    ["another server", { ...leaseClaims, iss: "https://evil.example" }, "wrong_issuer"],
  ])("refuses a lease of %s", (_what, claims, reason) => {
    expect(verifyLease(ring, signLease(signer, claims), expected)).toEqual({ ok: false, reason });
  });

  test.each([
    ["a claim missing", { ...leaseClaims, fph: undefined }],
    ["times in the wrong order", { ...leaseClaims, exp: leaseClaims.iat }],
    ["a list for claims", [leaseClaims]],
  ])("refuses a rightly signed lease with %s", (_what, claims) => {
    const token = signer.sign(LEASE_TYPE, claims);
    expect(verifyLease(ring, token, expected)).toEqual({ ok: false, reason: "invalid_claims" });
  });

  test("drops a feature named __proto__ rather than touch a prototype", () => {
    const features = Object.fromEntries([
      ["tier", "pro"],
      ["__proto__", { export: true }],
    ]);
    const token = signer.sign(LEASE_TYPE, { ...leaseClaims, features });
    const verified = verifyLease(ring, token, expected);
    expect(verified).toMatchObject({ ok: true, claims: { features: { tier: "pro" } } });
    expect(verified.ok && "export" in verified.claims.features).toBe(false);
  });

  test.each([
    ["repeats it", "n".repeat(22), true],
    ["repeats another", "m".repeat(22), false],
    ["repeats none", undefined, false],
  ])("asked for a nonce, judges a lease that %s", (_what, repeated, ok) => {
    const claims = { ...leaseClaims, ...(repeated !== undefined && { nonce: repeated }) };
    const asking = { ...expected, nonce: "n".repeat(22) };
    const verified = verifyLease(ring, signLease(signer, claims), asking);
    expect(verified).toEqual(ok ? { ok, claims } : { ok, reason: "wrong_nonce" });
    expect(verifyLease(ring, signLease(signer, claims), expected).ok).toBe(true);
  });

  test.each(["n".repeat(15), "n".repeat(65), "n".repeat(21) + "+"])(
    "neither signs nor believes the nonce %s",
    (nonce) => {
      const claims = { ...leaseClaims, nonce };
      expect(() => signLease(signer, claims)).toThrow();
      const token = signer.sign(LEASE_TYPE, claims);
      expect(verifyLease(ring, token, expected)).toEqual({ ok: false, reason: "invalid_claims" });
    },
  );

  test("does not judge expiry", () => {
    const old = { ...leaseClaims, iat: 1, exp: 2, graceUntil: 3 };
    expect(verifyLease(ring, signLease(signer, old), expected).ok).toBe(true);
  });

  test("takes neither a refusal for a lease nor a lease for a refusal", () => {
    const refusal = signRefusal(signer, refusalClaims);
    const lease = signLease(signer, leaseClaims);
    expect(verifyLease(ring, refusal, expected)).toEqual({ ok: false, reason: "wrong_type" });
    expect(verifyRefusal(ring, lease, expected)).toEqual({ ok: false, reason: "wrong_type" });
  });
});

describe("verifyRefusal", () => {
  test("gives a signed refusal back", () => {
    const token = signRefusal(keys.EdDSA.signer, refusalClaims);
    expect(verifyRefusal(ring, token, expected)).toEqual({ ok: true, claims: refusalClaims });
  });

  test("refuses one that answers another call", () => {
    const { signer } = keys.EdDSA;
    const mine = signRefusal(signer, { ...refusalClaims, nonce: "mine".repeat(4) });
    const asking = { ...expected, nonce: "mine".repeat(4) };
    expect(verifyRefusal(ring, mine, asking).ok).toBe(true);
    const others = signRefusal(signer, { ...refusalClaims, nonce: "othr".repeat(4) });
    for (const token of [others, signRefusal(signer, refusalClaims)]) {
      expect(verifyRefusal(ring, token, asking)).toEqual({ ok: false, reason: "wrong_nonce" });
    }
  });

  test("refuses one that says yes", () => {
    const token = keys.EdDSA.signer.sign(REFUSAL_TYPE, { ...refusalClaims, code: "VALID" });
    expect(verifyRefusal(ring, token, expected)).toEqual({ ok: false, reason: "invalid_claims" });
  });
});
