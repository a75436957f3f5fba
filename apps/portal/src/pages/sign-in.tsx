import { Button, Field } from "@latchkey/ui";
import { answered, AskForm, auth, nextPath } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { queryClient } from "../api/query-client.ts";
import { EntryLayout } from "../components/entry-layout.tsx";
import { SecondFactor } from "../forms/second-factor.tsx";
import { paths } from "../paths.ts";

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [step, setStep] = useState<"password" | "code">("password");
  const next = nextPath(search);

  const goOn = () => {
    queryClient.clear();
    void navigate(next, { replace: true });
  };
  const signIn = useMutation({
    mutationFn: (values: FormValues) =>
      answered(auth.signIn.email({ email: values("email"), password: values("password") })),
    onSuccess: (answer) => {
      if ("twoFactorRedirect" in answer) setStep("code");
      else goOn();
    },
  });

  if (step === "code") {
    return (
      <EntryLayout
        title="Enter your code"
        below={
          <div>
            <Button variant="quiet" onClick={() => setStep("password")}>
              Sign in as somebody else
            </Button>
          </div>
        }
      >
        <SecondFactor onVerified={goOn} />
      </EntryLayout>
    );
  }
  return (
    <EntryLayout
      title="Sign in"
      below={
        <>
          <span>
            New here?{" "}
            <Link to={paths.signUp({ next: search.get("next") ?? undefined })}>
              Create an account
            </Link>
          </span>
          <Link to={paths.publicPlans()}>See plans and prices</Link>
        </>
      }
    >
      <AskForm ask={signIn} submit="Sign in">
        <Field label="Mail address" name="email" type="email" autoComplete="username" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          hint={<Link to={paths.forgotPassword()}>Forgot your password?</Link>}
        />
      </AskForm>
    </EntryLayout>
  );
};
