import type { AuthError } from "./auth.ts";
import { tryAgainIn } from "./try-again-in.ts";

interface Words {
  readonly title: string;
  readonly remedy: string;
}

/** What a person can be refused below /api/auth, by the codes of better-auth's catalogue. */
const words: Readonly<Record<string, Words>> = {
  INVALID_EMAIL_OR_PASSWORD: {
    title: "Mail address and password do not match.",
    remedy: "Check both and try again.",
  },
  INVALID_PASSWORD: {
    title: "This is not your password.",
    remedy: "Enter the password that you sign in with.",
  },
  INVALID_TOKEN: {
    title: "This link has been used, or is too old.",
    remedy: "Ask for a new one.",
  },
  EMAIL_MISMATCH: {
    title: "This is not the address that you are signed in with.",
    remedy: "Enter your own, or sign out first.",
  },
  EMAIL_ALREADY_VERIFIED: {
    title: "Your mail address is confirmed already.",
    remedy: "There is nothing left to do: go on to your licenses.",
  },
  INVALID_CODE: {
    title: "This code is not right.",
    remedy: "Enter the code that your app shows now; check that your phone's clock is right.",
  },
  INVALID_BACKUP_CODE: {
    title: "This backup code is not right, or has been used.",
    remedy: "Each code works once. Try another one.",
  },
  INVALID_TWO_FACTOR_COOKIE: {
    title: "This sign-in took too long.",
    remedy: "Enter your mail address and password again.",
  },
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: {
    title: "Too many wrong codes.",
    remedy: "Sign in again from the start.",
  },
  ACCOUNT_TEMPORARILY_LOCKED: {
    title: "Too many wrong codes: signing in is paused.",
    remedy: "Wait a quarter of an hour, then sign in again.",
  },
  TOTP_ALREADY_ENABLED: {
    title: "Codes are on already.",
    remedy: "Reload the page to see it.",
  },
  TOTP_NOT_ENABLED: {
    title: "Codes are off.",
    remedy: "Reload the page to see it.",
  },
};

/** A refusal of sign-in in words: ours for the known codes, else what the server said of it. */
export const explainAuth = ({
  code,
  status,
  message,
  retryAfterSeconds,
}: Pick<AuthError, "code" | "status" | "message" | "retryAfterSeconds">): Words => {
  const known = words[code];
  if (known !== undefined) return known;
  const wait =
    retryAfterSeconds === null ? "Wait a minute and try again." : tryAgainIn(retryAfterSeconds);
  if (status === 429) return { title: "Too many tries.", remedy: wait };
  if (status === 401) return { title: "Your sign-in has ended.", remedy: "Sign in again." };
  if (status === 0) {
    return { title: "Sign-in did not answer.", remedy: "Check your network and try again." };
  }
  if (status >= 500) return { title: "Sign-in does not work right now.", remedy: wait };
  return { title: message, remedy: "Correct it and try again." };
};
