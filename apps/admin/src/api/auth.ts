import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";

/** Sign-up, sign-in, passwords and two-factor codes: better-auth's own REST below /api/auth. */
export const auth = createAuthClient({
  basePath: "/api/auth",
  plugins: [twoFactorClient()],
  // Who is signed in is `me.get`'s to tell; a second poll for the session would only disagree.
  sessionOptions: { refetchOnWindowFocus: false },
});

interface AuthAnswer<Data> {
  readonly data: Data | null;
  readonly error: {
    readonly status: number;
    readonly code?: string | undefined;
    readonly message?: string | undefined;
  } | null;
}

/** What better-auth refused: `code` as in its catalogue, empty where the answer had none. */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;

  constructor({ status, code, message }: NonNullable<AuthAnswer<unknown>["error"]>) {
    super(message ?? "Sign-in did not answer.");
    this.name = "AuthError";
    this.status = status;
    this.code = code ?? "";
  }
}

/** The data of an answer; throws AuthError where it was refused. */
export const answered = async <Data>(answer: Promise<AuthAnswer<Data>>): Promise<Data> => {
  const { data, error } = await answer;
  if (error !== null) throw new AuthError(error);
  if (data === null) throw new AuthError({ status: 0 });
  return data;
};
