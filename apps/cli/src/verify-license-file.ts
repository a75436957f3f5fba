import { createKeyRing, openLicenseFile } from "@latchkey/license-crypto/verify";
import type { KeyRing, LicenseFileClaims, LicenseFileFacts } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import { fileWords } from "./file-words.ts";
import { UsageError } from "./usage-error.ts";

export interface Verdict {
  readonly valid: boolean;
  /** Null when the file is valid. */
  readonly reason: keyof typeof fileWords | null;
  /** One sentence for a person. */
  readonly detail: string;
  /** What the file says, once its signature was proved. */
  readonly claims: LicenseFileClaims | null;
}

const KeySet = z.object({ keys: z.array(z.unknown()).min(1) });

/** The keys of a JWK set as /.well-known/jwks.json serves it. Throws UsageError for anything else. */
export const readKeyRing = (text: string): KeyRing => {
  try {
    return createKeyRing(KeySet.parse(JSON.parse(text)));
  } catch {
    throw new UsageError("--keys must name a JWK set, such as /.well-known/jwks.json serves it.");
  }
};

/** Judges a license file by the vendor's public keys alone: no network, no server. */
export const verifyLicenseFile = (
  text: string,
  keyRing: KeyRing,
  facts: LicenseFileFacts,
): Verdict => {
  const opened = openLicenseFile(text, keyRing, facts);
  if (!opened.ok) {
    const { reason, claims = null } = opened;
    return { valid: false, reason, detail: fileWords[reason], claims };
  }
  const { claims } = opened;
  const until = new Date(claims.exp * 1000).toISOString();
  return { valid: true, reason: null, detail: `The license file is valid until ${until}.`, claims };
};
