import { Field, buttonClass } from "@latchkey/ui";
import { answered, AskForm, auth } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";
import { signInWords } from "../words.ts";

/** Where the link in the mail leads, with its one-time `token`. */
export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const token = search.get("token");
  const reset = useMutation({
    mutationFn: (values: FormValues) =>
      answered(auth.resetPassword({ newPassword: values("password"), token: token ?? "" })),
  });
  if (token === null) {
    return (
      <EntryLayout title="This link no longer works">
        <p>It has been used, or is older than {signInWords.passwordLinkLives}.</p>
        <div>
          <Link className={buttonClass({ variant: "primary" })} to={paths.forgotPassword()}>
            Send me a new one
          </Link>
        </div>
      </EntryLayout>
    );
  }
  if (reset.isSuccess) {
    return (
      <EntryLayout title="Your password is changed">
        <p>Every place where you were signed in has been signed out.</p>
        <div>
          <Link className={buttonClass({ variant: "primary" })} to={paths.signIn()}>
            Sign in
          </Link>
        </div>
      </EntryLayout>
    );
  }
  return (
    <EntryLayout
      title="Choose a new password"
      below={<Link to={paths.forgotPassword()}>Send me a new link</Link>}
    >
      <AskForm ask={reset} submit="Save password">
        <Field
          label="New password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="8 characters or more."
          minLength={8}
          maxLength={128}
          required
        />
      </AskForm>
    </EntryLayout>
  );
};
