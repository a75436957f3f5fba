/** Keys and claims that the tests of this package share; nothing else imports it. */
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import type { LeaseClaims, LicenseFileClaims, RefusalClaims } from "./claims.ts";
import { fingerprintHash } from "./fingerprint-hash.ts";
import { publicJwkSchema } from "./jwk.ts";
import type { SigningAlgorithm } from "./jwk.ts";
import { createSigner } from "./sign/index.ts";

export const PRODUCT = "0190b8a0-0000-7000-8000-000000000001";
export const ISSUER = "https://licenses.example.com";
export const FINGERPRINT = "linux:3f2a9c5d7e1b4a60";
export const IAT = 1_795_000_000;

export const leaseClaims: LeaseClaims = {
  iss: ISSUER,
  aud: PRODUCT,
  sub: "0190b8a0-0000-7000-8000-000000000002",
  sid: "0190b8a0-0000-7000-8000-000000000003",
  mch: "0190b8a0-0000-7000-8000-000000000004",
  fph: fingerprintHash(FINGERPRINT, PRODUCT),
  iat: IAT,
  exp: IAT + 360,
  graceUntil: IAT + 2160,
  seq: 7,
  features: { export: true, tier: "pro" },
  limits: { projects: 50 },
};

export const refusalClaims: RefusalClaims = {
  iss: ISSUER,
  aud: PRODUCT,
  sub: leaseClaims.sub,
  fph: leaseClaims.fph,
  sid: leaseClaims.sid,
  iat: IAT,
  code: "SEATS_EXHAUSTED",
  detail: "All 10 seats are in use.",
  maxSeats: 10,
  usedSeats: 10,
};

export const fileClaims: LicenseFileClaims = {
  v: 1,
  iss: ISSUER,
  aud: PRODUCT,
  sub: leaseClaims.sub,
  jti: "0190b8a0-0000-7000-8000-000000000005",
  organization: "Ärzte & Söhne · 東京",
  plan: "pro",
  product: { id: PRODUCT, name: "Drafter" },
  maxSeats: 10,
  features: { export: true },
  limits: {},
  iat: IAT,
  exp: IAT + 86_400,
};

/** One key in the shapes that our doors and jose take. RSA-2048, because RSA-4096 is slow to make. */
export function testKey(algorithm: SigningAlgorithm, kid = `test-${algorithm}`) {
  const pem = { type: "pkcs8", format: "pem" } as const;
  const spki = { type: "spki", format: "pem" } as const;
  const pair =
    algorithm === "EdDSA"
      ? generateKeyPairSync("ed25519", { privateKeyEncoding: pem, publicKeyEncoding: spki })
      : generateKeyPairSync("rsa", {
          modulusLength: 2048,
          privateKeyEncoding: pem,
          publicKeyEncoding: spki,
        });
  const privateKey = createPrivateKey(pair.privateKey);
  return {
    privateKey,
    publicPem: pair.publicKey,
    publicJwk: publicJwkSchema.parse({
      ...privateKey.export({ format: "jwk" }),
      kid,
      alg: algorithm,
      use: "sig",
    }),
    signer: createSigner({ kid, algorithm, privateKey }),
  };
}

/** A compact JWS part. */
export const part = (value: unknown): string =>
  Buffer.from(JSON.stringify(value)).toString("base64url");
