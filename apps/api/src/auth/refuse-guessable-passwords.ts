import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import { z } from "zod";
import { findPasswordFault } from "./password-rules.ts";

const SignUp = z.looseObject({ password: z.string(), email: z.string(), name: z.string() });
const Change = z.looseObject({ newPassword: z.string() });
const Reset = z.looseObject({ newPassword: z.string(), token: z.string() });

interface Person {
  readonly email: string;
  readonly name: string;
}

const judge = (field: string, password: string, person: Person): void => {
  const message = findPasswordFault(password, person);
  if (message === null) return;
  const issues = [{ path: [field], message }];
  throw new APIError("BAD_REQUEST", { code: "BAD_REQUEST", message, issues });
};

/** Judges every new password, however it comes, before better-auth sees it. */
export const refuseGuessablePasswords = createAuthMiddleware(async (context) => {
  const { internalAdapter } = context.context;
  if (context.path === "/sign-up/email") {
    const { password, email, name } = SignUp.parse(context.body);
    judge("password", password, { email, name });
  }
  if (context.path === "/change-password") {
    const { newPassword } = Change.parse(context.body);
    const signedIn = await getSessionFromCtx(context);
    judge("newPassword", newPassword, signedIn?.user ?? { email: "", name: "" });
  }
  if (context.path === "/reset-password") {
    const { newPassword, token } = Reset.parse(context.body);
    const request = await internalAdapter.findVerificationValue(`reset-password:${token}`);
    const person = request && (await internalAdapter.findUserById(request.value));
    judge("newPassword", newPassword, person ?? { email: "", name: "" });
  }
});
