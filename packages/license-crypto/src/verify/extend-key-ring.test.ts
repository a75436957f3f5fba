import { describe, expect, test } from "vitest";
import { KEY_ENDORSEMENT_TYPE } from "../claims.ts";
import { endorseKey, signLease } from "../sign/index.ts";
import { IAT, ISSUER, leaseClaims, PRODUCT, testKey } from "../test-fixtures.ts";
import { createKeyRing, extendKeyRing, verifyLease } from "./index.ts";

const [first, second, third, stranger] = [
  testKey("EdDSA", "first"),
  testKey("PS256", "second"),
  testKey("EdDSA", "third"),
  testKey("EdDSA", "stranger"),
];
const claims = { iss: ISSUER, aud: PRODUCT, iat: IAT };
const endorsed = (by: typeof first, key: typeof first, changes: Partial<typeof claims> = {}) => ({
  ...key.publicJwk,
  endorsement: endorseKey(by.signer, { ...claims, ...changes, jwk: key.publicJwk }),
});
const pinned = createKeyRing({ keys: [first.publicJwk] });
const expected = { audience: PRODUCT, issuer: ISSUER };

describe("extendKeyRing", () => {
  test("believes a chain of rotations, in whatever order the keys are listed", () => {
    const keys = [endorsed(second, third), endorsed(first, second), first.publicJwk];
    const ring = extendKeyRing(pinned, { keys }, expected);
    expect([...ring.kids].sort()).toEqual(["first", "second", "third"]);
    for (const { signer } of [first, second, third]) {
      const lease = signLease(signer, leaseClaims);
      expect(verifyLease(ring, lease, expected)).toEqual({ ok: true, claims: leaseClaims });
    }
  });

  test("leaves the pinned ring as it was", () => {
    extendKeyRing(pinned, { keys: [endorsed(first, second)] }, expected);
    expect(pinned.kids).toEqual(["first"]);
  });

  test.each([
    ["without endorsement", second.publicJwk],
    ["endorsed by itself", endorsed(second, second)],
    ["endorsed by a stranger", endorsed(stranger, second)],
    ["endorsed by a stranger under the pinned kid", endorsed(testKey("EdDSA", "first"), second)],
    ["endorsed for another product", endorsed(first, second, { aud: "another" })],
    ["endorsed by another issuer", endorsed(first, second, { iss: "https://elsewhere.test" })],
    [
      "with a token of another type for an endorsement",
      { ...second.publicJwk, endorsement: signLease(first.signer, leaseClaims) },
    ],
    [
      "of a kind that is never believed",
      {
        endorsement: first.signer.sign(KEY_ENDORSEMENT_TYPE, {
          ...claims,
          jwk: { kty: "oct", k: "c2VjcmV0", alg: "HS256", kid: "second" },
        }),
      },
    ],
  ])("leaves out a key %s", (_what, jwk) => {
    expect(extendKeyRing(pinned, { keys: [jwk] }, expected).kids).toEqual(["first"]);
  });

  test("learns the key that was endorsed, not the one listed beside it", () => {
    const swapped = { ...stranger.publicJwk, endorsement: endorsed(first, second).endorsement };
    const ring = extendKeyRing(pinned, { keys: [swapped] }, expected);
    expect(ring.kids).toEqual(["first", "second"]);
  });

  test("never replaces a key that it holds", () => {
    const impostor = testKey("EdDSA", "first");
    const ring = extendKeyRing(pinned, { keys: [endorsed(first, impostor)] }, expected);
    const forged = signLease(impostor.signer, leaseClaims);
    expect(verifyLease(ring, forged, expected)).toMatchObject({ ok: false });
  });

  test.each([null, undefined, "keys", {}, { keys: "none" }, { keys: [null, 1, "k", {}] }])(
    "learns nothing from %j",
    (jwks) => {
      expect(extendKeyRing(pinned, jwks, expected).kids).toEqual(["first"]);
    },
  );
});
