/**
 * What the signed tokens say. Every instant is in whole seconds since 1970-01-01T00:00:00Z (the
 * NumericDate of RFC 7519). Claims that a newer server adds are ignored, as RFC 7519 section 4 asks.
 * Schemas of this package are zod/mini: they ship in customers' apps, where all of zod would outweigh
 * the rest several times.
 */
import * as z from "zod/mini";
import { publicJwkSchema } from "./jwk.ts";

export const LEASE_TYPE = "latchkey-lease+jwt";
export const REFUSAL_TYPE = "latchkey-refusal+jwt";
export const LICENSE_FILE_TYPE = "latchkey-license+jwt";
export const KEY_ENDORSEMENT_TYPE = "latchkey-key+jwt";

/** A longer token is neither signed nor read: it bounds the work that a stranger can cause. */
export const MAX_TOKEN_LENGTH = 16_384;

// Every kind of check weighs in an app's bundle, so all bounds are said by two kinds: regex and refine.
const wholeFrom = (least: number) =>
  z.number().check(
    z.refine((value) => Number.isSafeInteger(value) && value >= least, {
      error: `Must be a whole number from ${least}`,
    }),
  );
const id = z.string().check(z.regex(/^.{1,200}$/su));
const name = z.string().check(z.regex(/^.{1,500}$/su));
const instant = wholeFrom(0);
/** What the caller sent with the call that this answers; absent where the caller sent none. */
const nonce = z.optional(z.string().check(z.regex(/^[A-Za-z0-9_-]{16,64}$/)));
const hash = z.string().check(z.regex(/^[A-Za-z0-9_-]{43}$/));
/** Values under any names; by catchall, because `z.record` would add half a kilobyte to an app's bundle. */
const record = <Value extends z.ZodMiniType>(value: Value) => z.catchall(z.object({}), value);
const features = record(z.union([z.boolean(), z.string(), z.number()]));
const limits = record(z.number());

export const leaseClaimsSchema = z
  .object({
    iss: name,
    /** Product id. */
    aud: id,
    /** License id. */
    sub: id,
    /** Session id. */
    sid: id,
    /** Machine id. */
    mch: id,
    /** `fingerprintHash` of the machine. */
    fph: hash,
    iat: instant,
    exp: instant,
    graceUntil: instant,
    /** Grows by one with each lease of a session. */
    seq: wholeFrom(1),
    nonce,
    features,
    limits,
  })
  .check(
    z.refine(({ iat, exp, graceUntil }) => iat < exp && exp <= graceUntil, {
      error: "A lease needs iat < exp <= graceUntil",
    }),
  );
export type LeaseClaims = z.infer<typeof leaseClaimsSchema>;

export const refusalClaimsSchema = z.object({
  iss: name,
  aud: id,
  sub: id,
  fph: hash,
  /** The session that is refused; absent when no session was ever granted. */
  sid: z.optional(id),
  iat: instant,
  nonce,
  /** A validation code or SESSION_ENDED; the two codes that say yes cannot be a refusal. */
  code: z.string().check(z.regex(/^(?!(?:VALID|PAST_DUE)$)[A-Z][A-Z0-9_]{0,63}$/)),
  /** One sentence for a person. */
  detail: z.string().check(z.regex(/^.{0,1000}$/su)),
  maxSeats: z.optional(wholeFrom(0)),
  usedSeats: z.optional(wholeFrom(0)),
});
export type RefusalClaims = z.infer<typeof refusalClaimsSchema>;

export const LICENSE_FILE_VERSION = 1;

export const licenseFileClaimsSchema = z
  .object({
    v: z.literal(LICENSE_FILE_VERSION),
    iss: name,
    aud: id,
    sub: id,
    /** Id of this checkout of the file. */
    jti: id,
    /** The customer's name, as shown to a person. */
    organization: name,
    plan: name,
    product: z.object({ id, name }),
    maxSeats: wholeFrom(1),
    features,
    limits,
    /** Present when the file is bound to one machine. */
    fph: z.optional(hash),
    iat: instant,
    exp: instant,
  })
  .check(z.refine(({ iat, exp }) => iat < exp, { error: "A license file needs iat < exp" }));
export type LicenseFileClaims = z.infer<typeof licenseFileClaimsSchema>;

/** What a product's key says of the key that follows it: believe this one as you believe me. */
export const keyEndorsementClaimsSchema = z.object({
  iss: name,
  aud: id,
  iat: instant,
  jwk: publicJwkSchema,
});
export type KeyEndorsementClaims = z.infer<typeof keyEndorsementClaimsSchema>;
