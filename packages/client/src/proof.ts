/** What the vendor's public keys prove, for this product on this machine. */
import {
  createKeyRing,
  extendKeyRing,
  fingerprintHash,
  openLicenseFile,
  peekToken,
  verifyLease,
  verifyRefusal,
} from "@latchkey/license-crypto/verify";
import type { OpenedLicenseFile, RefusalClaims } from "@latchkey/license-crypto/verify";
import type { HeldLease } from "./state/model.ts";

export interface Proof {
  /**
   * Believes the keys of a fetched JWK set that a pinned key vouches for, at whatever remove, so that
   * a rotation of the vendor's keys breaks no running client. Whether any was new.
   */
  learn(jwks: unknown): boolean;
  /** The JWK set that was learned from last, to be stored; null if none was. */
  learned(): unknown;
  /** Whether `token` names a key that is not known here, as one signed after a rotation does. */
  namesUnknownKey(token: string): boolean;
  /**
   * The lease in `token`; null unless signed by the vendor for this product and machine, and, where
   * `nonce` was sent, in answer to that very call.
   */
  lease(token: string, nonce?: string): HeldLease | null;
  /** The claims of a refusal; null by the same rules. */
  refusal(token: string, nonce?: string): RefusalClaims | null;
  /** Opens a license file at `nowMs` (since the epoch); `licenseKey` for encrypted ones. */
  file(text: string, nowMs: number, licenseKey: string | null): OpenedLicenseFile;
}

export interface ProofOptions {
  /** A JWK set as `/.well-known/jwks.json` lists it, pinned in the app. */
  readonly publicKeys: { readonly keys: readonly unknown[] };
  /** Product id. */
  readonly product: string;
  readonly issuer?: string | undefined;
  readonly fingerprint: string;
}

/** Throws $ZodError when `publicKeys` is no JWK set: that is a mistake in the app, not a state. */
export const createProof = ({ publicKeys, product, issuer, fingerprint }: ProofOptions): Proof => {
  let keyRing = createKeyRing(publicKeys);
  let learned: unknown = null;
  const expected = { audience: product, issuer };
  const ownHash = fingerprintHash(fingerprint, product);
  return {
    learn: (jwks) => {
      const extended = extendKeyRing(keyRing, jwks, expected);
      const isNew = extended.kids.length > keyRing.kids.length;
      if (isNew) learned = jwks;
      keyRing = extended;
      return isNew;
    },
    learned: () => learned,
    namesUnknownKey: (token) => {
      const named = peekToken(token);
      return named !== null && keyRing.find(named.kid) === undefined;
    },
    lease: (token, nonce) => {
      const verified = verifyLease(keyRing, token, { ...expected, nonce });
      return verified.ok && verified.claims.fph === ownHash
        ? { token, claims: verified.claims }
        : null;
    },
    refusal: (token, nonce) => {
      const verified = verifyRefusal(keyRing, token, { ...expected, nonce });
      return verified.ok && verified.claims.fph === ownHash ? verified.claims : null;
    },
    file: (text, nowMs, licenseKey) =>
      openLicenseFile(text, keyRing, {
        nowSeconds: Math.floor(nowMs / 1000),
        audience: product,
        fingerprint,
        licenseKey: licenseKey ?? undefined,
      }),
  };
};
