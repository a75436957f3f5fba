import { Field } from "@latchkey/ui";
import { answered, AskForm, auth, nextPath } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { queryClient } from "../api/query-client.ts";
import { EntryLayout } from "../components/entry-layout.tsx";

/** A code of the authenticator app, or a backup code where there are dashes or letters in it. */
const verifyCode = async (code: string): Promise<void> => {
  await (/^\d{6}$/.test(code)
    ? answered(auth.twoFactor.verifyTotp({ code }))
    : answered(auth.twoFactor.verifyBackupCode({ code })));
};

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const [step, setStep] = useState<"password" | "code">("password");
  const goOn = () => {
    queryClient.clear();
    void navigate(nextPath(search), { replace: true });
  };
  const signIn = useMutation({
    mutationFn: (values: FormValues) =>
      answered(auth.signIn.email({ email: values("email"), password: values("password") })),
    onSuccess: (answer) => {
      if ("twoFactorRedirect" in answer) setStep("code");
      else goOn();
    },
  });
  const verify = useMutation({
    mutationFn: (values: FormValues) => verifyCode(values("code").replaceAll(" ", "")),
    onSuccess: goOn,
  });

  if (step === "code") {
    return (
      <EntryLayout title="Enter your code">
        <AskForm ask={verify} submit="Go on">
          <Field
            key="code"
            label="Code from your authenticator app, or a backup code"
            name="code"
            autoComplete="one-time-code"
            autoFocus
            required
          />
        </AskForm>
      </EntryLayout>
    );
  }
  return (
    <EntryLayout title="Staff sign-in">
      <AskForm ask={signIn} submit="Sign in">
        <Field label="Mail address" name="email" type="email" autoComplete="username" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
        />
      </AskForm>
    </EntryLayout>
  );
};
