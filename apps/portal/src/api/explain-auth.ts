import type { AuthError } from "./auth.ts";

interface Words {
  readonly title: string;
  readonly remedy: string;
}

const staleLink: Words = {
  title: "This link has been used, or is too old.",
  remedy: "Ask for a new one.",
};

const wrongCode: Words = {
  title: "This code is not right.",
  remedy: "Enter the code that your app shows now; check that your phone's clock is right.",
};

/** What sign-in refuses, by better-auth's codes, for those that a person can meet here. */
const words: Readonly<Record<string, Words>> = {
  INVALID_EMAIL_OR_PASSWORD: {
    title: "Mail address and password do not match.",
    remedy: "Check both, or choose a new password by “Forgot your password?”.",
  },
  INVALID_PASSWORD: {
    title: "This is not your password.",
    remedy: "Enter the password that you sign in with.",
  },
  INVALID_EMAIL: { title: "This is no mail address.", remedy: "It looks like name@example.com." },
  EMAIL_NOT_VERIFIED: {
    title: "Your mail address is not confirmed yet.",
    remedy: "Open the link in the mail that we sent to it.",
  },
  PASSWORD_TOO_SHORT: { title: "This password is too short.", remedy: "Use 8 characters or more." },
  PASSWORD_TOO_LONG: { title: "This password is too long.", remedy: "Use 128 characters or less." },
  INVALID_TOKEN: staleLink,
  TOKEN_EXPIRED: staleLink,
  INVALID_CODE: wrongCode,
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
  SESSION_EXPIRED: { title: "Your sign-in has ended.", remedy: "Sign in again." },
};

/** A refusal of sign-in in words: ours for the known codes, else what the server said of it. */
export const explainAuth = ({
  code,
  status,
  message,
}: Pick<AuthError, "code" | "status" | "message">): Words => {
  const known = words[code];
  if (known !== undefined) return known;
  if (status === 429) {
    return { title: "Too many tries.", remedy: "Wait a minute and try again." };
  }
  if (status === 0 || status >= 500) {
    return { title: "Sign-in did not answer.", remedy: "Check your network and try again." };
  }
  return { title: message, remedy: "Correct it and try again." };
};
