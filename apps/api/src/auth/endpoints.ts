import { EmailAddress, text } from "@latchkey/contracts";
import { z } from "zod";

/** How often: `uses` per `seconds`, counted over all nodes. */
interface Limit {
  readonly uses: number;
  readonly seconds: number;
}

export interface Endpoint {
  readonly method: "GET" | "POST";
  /** The body that is taken; unknown fields are refused. Absent for GET. */
  readonly body?: z.ZodType<Record<string, unknown>>;
  /** By the address that asks: generous, since an office is one address. */
  readonly perAddress: Limit;
  /** By the account that is named, from one address: guessing one person's password. */
  readonly perAccountAndAddress?: Limit;
  /**
   * By the account that is named, from anywhere: guessing from many addresses, or flooding a mailbox.
   * Kept high where it could lock somebody out of their own account.
   */
  readonly perAccount?: Limit;
  /** Answers no sooner than this, so that the time does not tell whether the account exists. */
  readonly floorMs?: number;
}

const password = text(1024, 1);
const url = text(2048, 1).optional();
const code = text(64, 1);
const name = text(100).trim().min(1, { error: "Tell us your name." });
const nothing = z.strictObject({});
const onlyPassword = z.strictObject({ password });

const minute = 60;
const hour = 60 * minute;
const often: Limit = { uses: 300, seconds: minute };
const sometimes: Limit = { uses: 60, seconds: minute };
const mails: Limit = { uses: 5, seconds: hour };
const guesses: Limit = { uses: 10, seconds: 15 * minute };

/**
 * Everything of better-auth that is offered below /api/auth, with what it takes and how often; anything
 * else of it is not found.
 */
export const endpoints: Readonly<Record<string, Endpoint>> = {
  "/sign-up/email": {
    method: "POST",
    body: z.strictObject({ name, email: EmailAddress, password, callbackURL: url }),
    perAddress: sometimes,
    perAccount: mails,
    floorMs: 250,
  },
  "/sign-in/email": {
    method: "POST",
    body: z.strictObject({
      email: EmailAddress,
      password,
      rememberMe: z.boolean().optional(),
      callbackURL: url,
    }),
    perAddress: sometimes,
    perAccountAndAddress: guesses,
    perAccount: { uses: 200, seconds: hour },
  },
  "/sign-out": { method: "POST", body: nothing, perAddress: often },
  "/get-session": { method: "GET", perAddress: { uses: 1200, seconds: minute } },
  "/list-sessions": { method: "GET", perAddress: often },
  "/revoke-other-sessions": { method: "POST", body: nothing, perAddress: often },
  "/update-user": { method: "POST", body: z.strictObject({ name }), perAddress: often },
  "/change-password": {
    method: "POST",
    body: z
      .strictObject({
        currentPassword: password,
        newPassword: password,
        revokeOtherSessions: z.boolean().optional(),
      })
      // Whoever changes a password may be locking somebody out: the others always end.
      .transform((body) => ({ ...body, revokeOtherSessions: true })),
    perAddress: { uses: 20, seconds: minute },
  },
  "/verify-email": { method: "GET", perAddress: sometimes },
  "/send-verification-email": {
    method: "POST",
    body: z.strictObject({ email: EmailAddress, callbackURL: url }),
    perAddress: sometimes,
    perAccount: mails,
    floorMs: 500,
  },
  "/request-password-reset": {
    method: "POST",
    body: z.strictObject({ email: EmailAddress, redirectTo: url }),
    perAddress: sometimes,
    perAccount: mails,
    floorMs: 250,
  },
  "/reset-password": {
    method: "POST",
    body: z.strictObject({ newPassword: password, token: text(256, 1) }),
    perAddress: { uses: 20, seconds: minute },
  },
  "/two-factor/enable": {
    method: "POST",
    body: z.strictObject({ password, method: z.literal("totp").optional() }),
    perAddress: sometimes,
  },
  "/two-factor/disable": { method: "POST", body: onlyPassword, perAddress: sometimes },
  "/two-factor/get-totp-uri": { method: "POST", body: onlyPassword, perAddress: sometimes },
  "/two-factor/verify-totp": {
    method: "POST",
    body: z.strictObject({ code }),
    perAddress: sometimes,
  },
  "/two-factor/verify-backup-code": {
    method: "POST",
    body: z.strictObject({ code }),
    perAddress: sometimes,
  },
  "/two-factor/generate-backup-codes": {
    method: "POST",
    body: onlyPassword,
    perAddress: sometimes,
  },
};
