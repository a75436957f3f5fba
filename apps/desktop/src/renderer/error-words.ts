/** What a refusal or a failure says: who can fix it, and what to do now. */
import type { ValidationCode } from "@latchkey/contracts";
import type { About, LatchkeyError } from "../ipc.ts";
import type { Words } from "./state-words.ts";

/** What a person may do about a license that cannot be used, the first as the main button. */
export type Remedy = "portal" | "try_now" | "other_key";

export interface BlockedWords extends Words {
  readonly remedies: readonly Remedy[];
  /** What the button to the portal says. */
  readonly portalLabel: string;
}

const manage = "Manage license";

// A table keyed by the union: a code that joins the contract does not compile until it has words.
const blocked: Record<ValidationCode, BlockedWords> = {
  NOT_FOUND: {
    headline: "This key is not known",
    body: "It may have been replaced by a new one. The owner of the license can see the present key in the portal.",
    remedies: ["other_key", "portal", "try_now"],
    portalLabel: manage,
  },
  REVOKED: {
    headline: "The license was withdrawn",
    body: "Your files remain yours. The vendor's support can say why, and a new license works at once.",
    remedies: ["portal", "other_key", "try_now"],
    portalLabel: "Buy a license",
  },
  SUSPENDED: {
    headline: "The license is suspended",
    body: "A payment is missing. Your organization's owner or billing contact can fix it; the app goes on when it is paid.",
    remedies: ["portal", "try_now", "other_key"],
    portalLabel: "Open billing",
  },
  EXPIRED: {
    headline: "The license has ended",
    body: "Your files remain yours. Your organization's owner or billing contact can renew it.",
    remedies: ["portal", "other_key", "try_now"],
    portalLabel: "Renew",
  },
  PRODUCT_MISMATCH: {
    headline: "This key belongs to another product",
    body: "Use the key that came with this product.",
    remedies: ["other_key", "portal"],
    portalLabel: manage,
  },
  VERSION_NOT_ALLOWED: {
    headline: "The license does not cover this version",
    body: "An earlier version works, or the owner of the license can renew it for this one.",
    remedies: ["portal", "other_key", "try_now"],
    portalLabel: "Renew",
  },
  FEATURE_MISSING: {
    headline: "The plan does not include this",
    body: "The owner of the license can change the plan.",
    remedies: ["portal", "other_key", "try_now"],
    portalLabel: "See plans",
  },
  FINGERPRINT_BANNED: {
    headline: "This computer was shut out of the license",
    body: "The owner of the license can let it in again.",
    remedies: ["portal", "other_key", "try_now"],
    portalLabel: manage,
  },
  NO_MACHINE: {
    headline: "This computer is no longer activated",
    body: "It was removed from the license. Enter the key to activate it again.",
    remedies: ["other_key", "portal"],
    portalLabel: manage,
  },
  FINGERPRINT_MISMATCH: {
    headline: "This license is bound to another computer",
    body: "Activate here with the license key, or ask its owner for a license file made for this computer.",
    remedies: ["other_key", "portal", "try_now"],
    portalLabel: manage,
  },
  MACHINE_LIMIT: {
    headline: "The license is on all the computers it allows",
    body: "Remove one that is no longer used, or ask the owner of the license to.",
    remedies: ["portal", "try_now", "other_key"],
    portalLabel: "Choose a computer to remove",
  },
  SEATS_EXHAUSTED: {
    headline: "All seats are in use",
    body: "You get the first seat that is free.",
    remedies: ["try_now", "other_key"],
    portalLabel: manage,
  },
  PAST_DUE: {
    headline: "Payment is overdue",
    body: "Your organization's owner or billing contact can pay it.",
    remedies: ["portal", "try_now"],
    portalLabel: "Update payment",
  },
  VALID: {
    headline: "The license is in order",
    body: "Try again.",
    remedies: ["try_now", "other_key"],
    portalLabel: manage,
  },
};

const isKnown = (code: string): code is ValidationCode => Object.hasOwn(blocked, code);

/** Words and remedies for a license that may not run; a code of a newer server is told by its own sentence. */
export const blockedWords = (validationCode: string, detail: string): BlockedWords =>
  isKnown(validationCode)
    ? blocked[validationCode]
    : {
        headline: "The license cannot be used",
        body: `${detail} The owner of the license can fix it.`,
        remedies: ["portal", "try_now", "other_key"],
        portalLabel: manage,
      };

const networkWords = (trouble: string, { host }: About): Words => {
  switch (trouble) {
    case "not_trusted":
      return {
        headline: "The answer did not come from the license server",
        body: `A proxy, a captive portal or another program answered instead of ${host}. Open a page in your browser to sign in to the network, then try again.`,
      };
    case "rate_limited":
      return {
        headline: "The license server asks us to slow down",
        body: "We try again by ourselves in a moment.",
      };
    case "server":
      return {
        headline: `${host} is in trouble`,
        body: "Your license is not affected. We try again by ourselves.",
      };
    case "timeout":
      return {
        headline: `${host} did not answer in time`,
        body: "Check the network of this computer; we try again by ourselves.",
      };
    default:
      return {
        headline: `${host} cannot be reached`,
        body: "Check the network of this computer; we try again by ourselves.",
      };
  }
};

const damagedFile = "It is damaged, or no license file. Ask for it again.";

/** By the reason of the client's check; one that a newer client adds is told as damage. */
const fileReasons: Readonly<Record<string, string>> = {
  needs_key:
    "It is locked with its license key. Activate with that key first, then choose it again.",
  wrong_key: "It is locked with another license key. Ask for one of the license in use here.",
  newer_format:
    "It was made for a newer version of this app. Update the app, then choose it again.",
  not_from_vendor: "It was not made by this vendor.",
  other_product: "It belongs to another product.",
  needs_fingerprint: "It was made for another computer. Ask for one that is made for this one.",
  other_machine: "It was made for another computer. Ask for one that is made for this one.",
  clock_behind:
    "It was made later than this computer's date. Correct the date, then choose it again.",
  expired: "It has ended. Ask for a newer one.",
};

const ordinals = ["1st", "2nd", "3rd", "4th", "5th", "6th"];

/** What is said of a typing error; without a group it may be anywhere. */
export const mistypedWords = (group: number | null): string => {
  const ordinal = group === null ? undefined : ordinals[group - 1];
  return ordinal === undefined
    ? "That looks like a typing error. Compare it with the key in your mail."
    : `That looks like a typing error in the ${ordinal} group.`;
};

/** An error in words a person can act on. Trouble with the network is never worded as trouble with the license. */
export const errorWords = (error: LatchkeyError, about: About): Words => {
  switch (error.code) {
    case "NETWORK":
      return networkWords(error.trouble, about);
    case "KEY_MALFORMED":
      return {
        headline: mistypedWords(error.group),
        body: "A key looks like LATCH-XXXX-XXXX-XXXX-XXXX-XXXX.",
      };
    case "FILE_REFUSED":
      return {
        headline: "This license file cannot be used",
        body: fileReasons[error.reason] ?? damagedFile,
      };
    case "SEAT_HELD":
      return { headline: "A seat is in use", body: "Release it before you use another key." };
    case "UNLICENSED":
      return { headline: "No license key is known here", body: "Enter one to go on." };
    case "RELEASED":
    case "LAPSED":
    case "BUSY":
    case "STOPPED":
      return { headline: "That was not possible just now", body: "Try again." };
    case "LICENSE_NOT_USABLE":
    case "SEATS_EXHAUSTED":
      return blockedWords(error.validationCode ?? error.code, error.detail);
    case "NOT_FOUND":
      return blockedWords("NOT_FOUND", error.detail);
    default:
      return error.validationCode === null
        ? { headline: "The license server refused", body: error.detail }
        : blockedWords(error.validationCode, error.detail);
  }
};
