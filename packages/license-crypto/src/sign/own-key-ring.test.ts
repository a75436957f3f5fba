import { constants, sign } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { leaseClaims, PRODUCT, testKey } from "../test-fixtures.ts";
import { createKeyRing, verifyLease } from "../verify/index.ts";
import { createOwnKeyRing, createSigner, signLease } from "./index.ts";
import type { Ed25519 } from "./index.ts";

const own = testKey("EdDSA", "own");
const former = testKey("EdDSA", "former");
const salted = testKey("PS256", "salted");
const stranger = testKey("EdDSA", "own");
const ring = createKeyRing({ keys: [own.publicJwk, former.publicJwk, salted.publicJwk] });
const findSigner = () => own.signer;
const ownRing = createOwnKeyRing(ring, { kid: "own", findSigner });
const judge = (token: string, by = ownRing) => verifyLease(by, token, { audience: PRODUCT });
const believed = { ok: true, claims: leaseClaims };

describe("whoever holds the private key", () => {
  test("knows its signatures by making them again, whatever the public key says", () => {
    const strangersRing = createKeyRing({ keys: [stranger.publicJwk] });
    const lease = signLease(own.signer, leaseClaims);
    expect(judge(lease, strangersRing)).toEqual({ ok: false, reason: "bad_signature" });
    expect(judge(lease, createOwnKeyRing(strangersRing, { kid: "own", findSigner }))).toEqual(
      believed,
    );
  });

  test("still verifies what another key signed", () => {
    for (const { signer } of [own, former, salted]) {
      expect(judge(signLease(signer, leaseClaims))).toEqual(believed);
    }
  });

  test("verifies its key's tokens where the signer is missing or of another key", () => {
    for (const signer of [null, former.signer]) {
      const without = createOwnKeyRing(ring, { kid: "own", findSigner: () => signer });
      expect(judge(signLease(own.signer, leaseClaims), without)).toEqual(believed);
    }
  });

  test("believes no key that the ring lacks", () => {
    expect(ownRing.kids).toEqual(ring.kids);
    const lease = signLease(testKey("EdDSA", "unknown").signer, leaseClaims);
    const unknown = createOwnKeyRing(ring, { kid: "unknown", findSigner });
    expect(unknown.kids).toEqual(ring.kids);
    for (const by of [ownRing, unknown]) {
      expect(judge(lease, by)).toEqual({ ok: false, reason: "unknown_key" });
    }
  });

  test("does not take another key's signature for its key's, whatever signer it finds", () => {
    const { privateKey, signer } = former;
    const posing = createSigner({ kid: "own", algorithm: "EdDSA", privateKey });
    const finding = createOwnKeyRing(ring, { kid: "own", findSigner: () => signer });
    expect(judge(signLease(posing, leaseClaims), finding)).toEqual({
      ok: false,
      reason: "bad_signature",
    });
  });

  test("asks nobody about a key that salts", () => {
    const findSigner = () => expect.unreachable();
    const bySalt = createOwnKeyRing(ring, { kid: "salted", findSigner });
    expect(judge(signLease(salted.signer, leaseClaims), bySalt)).toEqual(believed);
  });

  test("asks for the signer when a token of its key comes, and not before", () => {
    let asked = 0;
    const asking = createOwnKeyRing(ring, {
      kid: "own",
      findSigner: () => {
        asked += 1;
        return own.signer;
      },
    });
    judge(signLease(former.signer, leaseClaims), asking);
    expect(asked).toBe(0);
    judge(signLease(own.signer, leaseClaims), asking);
    expect(asked).toBe(1);
  });
});

describe("a signer", () => {
  test("calls its own signatures its own, and none that was changed, cut, lengthened or made by another", () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.nat(63),
        fc.integer({ min: 1, max: 255 }),
        (bytes, at, by) => {
          const message = Buffer.from(bytes);
          const signature = sign(null, message, own.privateKey);
          expect(own.signer.isOwn(message, signature)).toBe(true);
          const changed = Buffer.from(signature);
          changed.writeUInt8(changed.readUInt8(at) ^ by, at);
          for (const other of [
            changed,
            signature.subarray(1),
            Buffer.concat([signature, Buffer.of(0)]),
            sign(null, message, stranger.privateKey),
          ]) {
            expect(own.signer.isOwn(message, other)).toBe(false);
          }
          expect(own.signer.isOwn(Buffer.concat([message, Buffer.of(by)]), signature)).toBe(false);
        },
      ),
    );
  });

  test("leaves no signature in memory that it made over what a stranger sent", () => {
    const made: Buffer[] = [];
    const ed25519: Ed25519 = (privateKey) => (message) => {
      const signature = sign(null, message, privateKey);
      made.push(signature);
      return signature;
    };
    const { privateKey } = own;
    const signer = createSigner({ kid: "own", algorithm: "EdDSA", privateKey, ed25519 });
    expect(signer.isOwn(Buffer.from("message"), Buffer.alloc(64))).toBe(false);
    expect(made).toEqual([Buffer.alloc(64)]);
  });

  test("that salts calls no signature its own, right or wrong", () => {
    const message = Buffer.from("message");
    const options = { key: salted.privateKey, padding: constants.RSA_PKCS1_PSS_PADDING };
    const right = sign("sha256", message, { ...options, saltLength: 32 });
    for (const signature of [right, Buffer.alloc(256), Buffer.alloc(64)]) {
      expect(salted.signer.isOwn(message, signature)).toBe(false);
    }
  });
});
