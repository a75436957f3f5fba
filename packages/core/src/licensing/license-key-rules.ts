import { parseLicenseKey } from "@latchkey/license-crypto";
import type { LicenseKeyText } from "@latchkey/license-crypto";

export type TypedKey =
  | { readonly ok: true; readonly key: LicenseKeyText }
  /** What is wrong with it, for the person who typed it. */
  | { readonly ok: false; readonly detail: string };

/** Reads a key as typed; a typing error is found here, before anything is looked up. */
export const readTypedKey = (typed: string): TypedKey => {
  const parsed = parseLicenseKey(typed);
  if (parsed.ok) return { ok: true, key: parsed.key };
  if (parsed.reason === "check_symbol") {
    return {
      ok: false,
      detail: "There is a typing error in this license key: its check symbol does not fit.",
    };
  }
  return {
    ok: false,
    detail:
      parsed.group === undefined
        ? "This is not a license key: one has a prefix and five groups of four symbols."
        : `There is a typing error in group ${parsed.group} of this license key.`,
  };
};
