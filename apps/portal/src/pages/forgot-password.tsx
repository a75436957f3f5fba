import { Field } from "@latchkey/ui";
import { answered, AskForm, auth } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";
import { signInWords } from "../words.ts";

export const Component = (): ReactElement => {
  const request = useMutation({
    mutationFn: async (values: FormValues) => {
      const email = values("email");
      await answered(auth.requestPasswordReset({ email, redirectTo: paths.resetPassword() }));
      return email;
    },
  });
  return (
    <EntryLayout
      title="Choose a new password"
      below={<Link to={paths.signIn()}>Back to signing in</Link>}
    >
      {request.isSuccess ? (
        <p role="status">
          If there is an account for <strong>{request.data}</strong>, a link is on its way to it. It
          works once, for {signInWords.passwordLinkLives}.
        </p>
      ) : (
        <AskForm ask={request} submit="Send me a link">
          <Field
            label="Mail address"
            name="email"
            type="email"
            autoComplete="username"
            hint="The one that you sign in with."
            required
          />
        </AskForm>
      )}
    </EntryLayout>
  );
};
