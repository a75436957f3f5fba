import { constants, createHmac, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { LEASE_TYPE, MAX_TOKEN_LENGTH } from "../claims.ts";
import { createOwnKeyRing, signLease } from "../sign/index.ts";
import { leaseClaims, part, PRODUCT, testKey } from "../test-fixtures.ts";
import { createKeyRing, verifyLease } from "./index.ts";

const ed = testKey("EdDSA", "ed");
const rsa = testKey("PS256", "rsa");
const stranger = testKey("EdDSA", "ed");
const ring = createKeyRing({ keys: [ed.publicJwk, rsa.publicJwk] });
const own = createOwnKeyRing(ring, { kid: "ed", findSigner: () => ed.signer });
/** As a client judges, by the public keys, and as a server does, which has a private one: always alike. */
const judge = (token: string) => {
  const verified = verifyLease(ring, token, { audience: PRODUCT });
  expect(verifyLease(own, token, { audience: PRODUCT })).toEqual(verified);
  return verified;
};
const refused = (reason: string) => ({ ok: false, reason });

const lease = signLease(ed.signer, leaseClaims);
const [header = "", payload = "", signature = ""] = lease.split(".");
const typ = LEASE_TYPE;

const withSignature = (head: object, make: (input: Buffer) => Buffer): string => {
  const input = `${part(head)}.${payload}`;
  return `${input}.${make(Buffer.from(input)).toString("base64url")}`;
};
const rawPublic = ({ privateKey }: typeof ed) => privateKey.export({ format: "jwk" });
const hmac = (secret: string | Buffer) => (input: Buffer) =>
  createHmac("sha256", secret).update(input).digest();

describe("the header cannot choose the algorithm", () => {
  test.each(["none", "None", "NONE", ""])("alg %j without a signature", (alg) => {
    expect(judge(`${part({ alg, kid: "ed", typ })}.${payload}.`)).toEqual(refused("malformed"));
    expect(judge(`${part({ alg, kid: "ed", typ })}.${payload}.${signature}`)).toEqual(
      refused("wrong_algorithm"),
    );
  });

  test.each([
    ["the PEM of the RSA key", "rsa", rsa.publicPem],
    ["the PEM of the Ed25519 key", "ed", ed.publicPem],
    ["the raw Ed25519 point", "ed", Buffer.from(rawPublic(ed).x ?? "", "base64url")],
    ["the modulus", "rsa", Buffer.from(rawPublic(rsa).n ?? "", "base64url")],
  ])("HS256 with %s as the secret", (_what, kid, secret) => {
    expect(judge(withSignature({ alg: "HS256", kid, typ }, hmac(secret)))).toEqual(
      refused("wrong_algorithm"),
    );
    const alg = kid === "ed" ? "EdDSA" : "PS256";
    expect(judge(withSignature({ alg, kid, typ }, hmac(secret)))).toEqual(refused("bad_signature"));
  });

  test("RS256 by the true RSA key, in its own name and under PS256", () => {
    const rs256 = (input: Buffer) => sign("sha256", input, rsa.privateKey);
    expect(judge(withSignature({ alg: "RS256", kid: "rsa", typ }, rs256))).toEqual(
      refused("wrong_algorithm"),
    );
    expect(judge(withSignature({ alg: "PS256", kid: "rsa", typ }, rs256))).toEqual(
      refused("bad_signature"),
    );
  });

  test("PS256 with another salt length than the standard's", () => {
    const noSalt = (input: Buffer) =>
      sign("sha256", input, {
        key: rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 0,
      });
    expect(judge(withSignature({ alg: "PS256", kid: "rsa", typ }, noSalt))).toEqual(
      refused("bad_signature"),
    );
  });

  test("one key's algorithm on another key", () => {
    const byEd = (input: Buffer) => sign(null, input, ed.privateKey);
    expect(judge(withSignature({ alg: "EdDSA", kid: "rsa", typ }, byEd))).toEqual(
      refused("wrong_algorithm"),
    );
    expect(judge(withSignature({ alg: "PS256", kid: "rsa", typ }, byEd))).toEqual(
      refused("bad_signature"),
    );
  });
});

describe("the header cannot bring its own key or rules", () => {
  const byStranger = (input: Buffer) => sign(null, input, stranger.privateKey);
  const byEd = (input: Buffer) => sign(null, input, ed.privateKey);
  const head = { alg: "EdDSA", kid: "ed", typ };

  test("a stranger's signature under a known kid", () => {
    expect(judge(withSignature(head, byStranger))).toEqual(refused("bad_signature"));
  });

  test("an unknown kid", () => {
    expect(judge(withSignature({ ...head, kid: "../ed" }, byEd))).toEqual(refused("unknown_key"));
    expect(judge(withSignature({ ...head, kid: "__proto__" }, byEd))).toEqual(
      refused("unknown_key"),
    );
  });

  test.each([
    ["jwk", { jwk: stranger.publicJwk }],
    ["jku", { jku: "https://evil.example/jwks.json" }],
    ["x5c", { x5c: ["AAAA"] }],
    ["crit", { crit: ["exp"], exp: 1 }],
    ["an empty crit", { crit: [] }],
    ["b64", { b64: false, crit: ["b64"] }],
    ["zip", { zip: "DEF" }],
    ["a kid that is no text", { kid: 1 }],
    ["no kid", { kid: undefined }],
    ["no typ", { typ: undefined }],
  ])("%s, even rightly signed", (_what, extra) => {
    expect(judge(withSignature({ ...head, ...extra }, byEd))).toEqual(refused("malformed"));
  });

  test.each([
    "JWT",
    "latchkey-refusal+jwt",
    "application/latchkey-lease+jwt",
    "LATCHKEY-LEASE+JWT",
  ])("typ %s, even rightly signed", (other) => {
    expect(judge(withSignature({ ...head, typ: other }, byEd))).toEqual(refused("wrong_type"));
  });
});

describe("one token has one spelling", () => {
  const lastValue = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  test("spare bits at the end of the signature must be zero", () => {
    const value = lastValue.indexOf(signature.slice(-1));
    const respelled = `${signature.slice(0, -1)}${lastValue.charAt(value + 1)}`;
    expect(Buffer.from(respelled, "base64url")).toEqual(Buffer.from(signature, "base64url"));
    expect(judge(`${header}.${payload}.${respelled}`)).toEqual(refused("malformed"));
  });

  test("S of an Ed25519 signature must be reduced (RFC 8032 section 5.1.7)", () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Buffer.from(signature, "base64url");
    const s = BigInt(`0x${Buffer.from(bytes.subarray(32)).reverse().toString("hex")}`) + order;
    const raised = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
    const forged = Buffer.concat([bytes.subarray(0, 32), raised]).toString("base64url");
    expect(judge(`${header}.${payload}.${forged}`)).toEqual(refused("bad_signature"));
  });

  test.each([
    ["nothing", ""],
    ["dots", ".."],
    ["two parts", `${header}.${payload}`],
    ["four parts", `${lease}.AAAA`],
    ["five parts", `${header}..${payload}..${signature}`],
    ["no signature", `${header}.${payload}.`],
    ["padding", `${lease}=`],
    ["a space before", ` ${lease}`],
    ["a line feed after", `${lease}\n`],
    [
      "plain base64",
      `${header}.${payload}.${Buffer.from(signature, "base64url").toString("base64")}`,
    ],
    ["a header that is no object", `${part("x")}.${payload}.${signature}`],
    ["a header that is null", `${part(null)}.${payload}.${signature}`],
    ["a payload that is no JSON", `${header}.AAAA.${signature}`],
    [
      "a payload that is no UTF-8",
      `${header}.${Buffer.from('"\xff"', "latin1").toString("base64url")}.${signature}`,
    ],
  ])("%s is malformed", (_what, token) => {
    expect(judge(token)).toEqual(refused("malformed"));
  });

  test("signatures of the wrong length are bad, not fatal", () => {
    for (const kid of ["ed", "rsa"]) {
      const alg = kid === "ed" ? "EdDSA" : "PS256";
      for (const length of [1, 63, 65, 255, 257, 600]) {
        const token = withSignature({ alg, kid, typ }, () => Buffer.alloc(length, 1));
        expect(judge(token)).toEqual(refused("bad_signature"));
      }
    }
  });

  test("a token over the size limit is not looked at", () => {
    const claims = { ...leaseClaims, features: { note: "x".repeat(MAX_TOKEN_LENGTH) } };
    const input = `${header}.${part(claims)}`;
    const made = sign(null, Buffer.from(input), ed.privateKey).toString("base64url");
    expect(judge(`${input}.${made}`)).toEqual(refused("malformed"));
  });

  test("no text makes the verifier throw", () => {
    const piece = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json().map((json) => Buffer.from(json).toString("base64url")),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), (pieces) => {
        expect(judge(pieces.join(".")).ok).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
