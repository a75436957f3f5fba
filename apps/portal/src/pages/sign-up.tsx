import { Field } from "@latchkey/ui";
import { answered, AskForm, auth } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const next = search.get("next") ?? undefined;
  const signUp = useMutation({
    mutationFn: async (values: FormValues) => {
      const email = values("email");
      await answered(
        auth.signUp.email({
          name: values("name"),
          email,
          password: values("password"),
          callbackURL: paths.mailVerified({ next }),
        }),
      );
      return email;
    },
    // The same page for an address that is taken: who exists is told to nobody but by mail.
    onSuccess: (email) => navigate(paths.checkMail({ email })),
  });
  return (
    <EntryLayout
      title="Create your account"
      below={
        <span>
          You have an account? <Link to={paths.signIn({ next })}>Sign in</Link>
        </span>
      }
    >
      <AskForm ask={signUp} submit="Create account">
        <Field label="Your name" name="name" autoComplete="name" required maxLength={100} />
        <Field label="Mail address" name="email" type="email" autoComplete="username" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          hint="8 characters or more. A few words that only you would put together are best."
          minLength={8}
          maxLength={128}
          required
        />
      </AskForm>
    </EntryLayout>
  );
};
