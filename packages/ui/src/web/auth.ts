import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";
import { z } from "zod";

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
    /** What the door before better-auth adds to RATE_LIMITED and UNAVAILABLE, and to BAD_REQUEST. */
    readonly retryAfterSeconds?: unknown;
    readonly issues?: unknown;
  } | null;
}

const Issues = z.array(z.object({ message: z.string() })).min(1);

/**
 * What sign-in refused: `code` as in better-auth's catalogue or ours, empty where the answer had none;
 * `status` 0 where there was no answer.
 */
export class AuthError extends Error {
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | null;

  constructor(refusal: NonNullable<AuthAnswer<unknown>["error"]>) {
    const { status, code, message, retryAfterSeconds } = refusal;
    // The message repeats the issues by their field names, which are no words for a person.
    const issues = Issues.safeParse(refusal.issues).data?.map((issue) => issue.message);
    super(issues?.join(" ") ?? message ?? "Sign-in did not answer.");
    this.name = "AuthError";
    this.status = status;
    this.code = code ?? "";
    this.retryAfterSeconds = typeof retryAfterSeconds === "number" ? retryAfterSeconds : null;
  }
}

/** The data of an answer; throws AuthError where it was refused. */
export const answered = async <Data>(answer: Promise<AuthAnswer<Data>>): Promise<Data> => {
  const { data, error } = await answer;
  if (error !== null) throw new AuthError(error);
  if (data === null) throw new AuthError({ status: 0 });
  return data;
};
