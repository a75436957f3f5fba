import { createHash } from "node:crypto";
import * as z from "zod/mini";

export type SigningAlgorithm = "EdDSA" | "PS256";

/** Below this an RSA key is neither used to sign nor believed. New keys have 4096 bits. */
export const MIN_RSA_BITS = 2048;

const kid = z.string().check(z.regex(/^.{1,256}$/su));
const base64url = z.string().check(z.regex(/^[A-Za-z0-9_-]+$/));

/** A public key as `/.well-known/jwks.json` lists it: RFC 8037 (Ed25519) or RFC 7518 (RSA). */
export const publicJwkSchema = z.union([
  z.object({
    kty: z.literal("OKP"),
    crv: z.literal("Ed25519"),
    x: base64url,
    kid,
    alg: z.literal("EdDSA"),
    use: z.exactOptional(z.literal("sig")),
  }),
  z.object({
    kty: z.literal("RSA"),
    n: base64url,
    e: base64url,
    kid,
    alg: z.literal("PS256"),
    use: z.exactOptional(z.literal("sig")),
  }),
]);
export type PublicJwk = z.infer<typeof publicJwkSchema>;

/** A JWK set (RFC 7517), its keys unjudged: each is judged alone, so that one cannot spoil the others. */
export const jwkSetSchema = z.object({ keys: z.array(z.unknown()) });

type KeyMaterial =
  | Pick<Extract<PublicJwk, { kty: "OKP" }>, "kty" | "crv" | "x">
  | Pick<Extract<PublicJwk, { kty: "RSA" }>, "kty" | "n" | "e">;

/** RFC 7638: SHA-256 over the required members in alphabetical order, without spaces, in base64url. */
export function jwkThumbprint(jwk: KeyMaterial): string {
  const members =
    jwk.kty === "OKP"
      ? { crv: jwk.crv, kty: jwk.kty, x: jwk.x }
      : { e: jwk.e, kty: jwk.kty, n: jwk.n };
  return createHash("sha256").update(JSON.stringify(members)).digest("base64url");
}
