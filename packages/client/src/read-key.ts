import { findLicenseKey, parseLicenseKey } from "@latchkey/license-crypto/verify";

export type KeyReading =
  /** `found`: it stood in a longer text, such as a whole mail. */
  | { readonly ok: true; readonly key: string; readonly found: boolean }
  | {
      readonly ok: false;
      readonly reason: "format" | "check_symbol";
      /** 1 to 6 where it can be known: the prefix is group 1. */
      readonly group: number | null;
    };

/** Reads a key in any form, or out of a pasted text, as `activate` does; asks nobody, for judging while typing. */
export const readKey = (text: string): KeyReading => {
  const parsed = parseLicenseKey(text);
  if (parsed.ok) return { ok: true, key: parsed.key, found: false };
  const key = findLicenseKey(text)?.key;
  if (key !== undefined) return { ok: true, key, found: true };
  return { ok: false, reason: parsed.reason, group: parsed.group ?? null };
};
