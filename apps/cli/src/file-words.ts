import type { UnreadableFileReason, UnusableFileReason } from "@latchkey/license-crypto/verify";

/** Why a license file does not serve, and what to do about it: the words that the desktop uses too. */
export const fileWords = {
  not_a_license_file: "This is not a license file. Save the file from the portal again.",
  damaged: "The file is damaged. Save it from the portal again.",
  needs_key: "The file is encrypted. Pass --license-key-file with the license key in it.",
  wrong_key: "The file is encrypted under another license key.",
  newer_format: "The file was made by a newer Latchkey. Update this program.",
  not_from_vendor: "The file was not signed by any of these keys.",
  other_product: "The file is for another product.",
  needs_fingerprint: "The file is bound to one machine. Pass that machine's --fingerprint.",
  other_machine: "The file was made for another machine.",
  clock_behind: "This machine's clock is behind the day on which the file was made. Correct it.",
  expired: "The file has expired. Check out a new one in the portal.",
} as const satisfies Record<UnreadableFileReason | UnusableFileReason, string>;
