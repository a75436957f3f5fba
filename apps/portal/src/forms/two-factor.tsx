import { CopyButton, Field, Notice, Section, Status } from "@latchkey/ui";
import { answered, AskForm, auth } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { QrCode } from "../components/qr-code.tsx";
import { SecondFactor } from "./second-factor.tsx";

interface Setup {
  readonly totpURI: string;
  readonly backupCodes: readonly string[];
}

const secretIn = (totpURI: string): string => new URL(totpURI).searchParams.get("secret") ?? "";

/** Codes from an authenticator app at every sign-in: turned on in two steps, off by the password. */
export const TwoFactorSection = ({ enabled }: { readonly enabled: boolean }): ReactElement => {
  const queryClient = useQueryClient();
  const [setup, setSetup] = useState<Setup | null>(null);
  const [justEnabled, setJustEnabled] = useState(false);
  const begin = useMutation({
    mutationFn: (values: FormValues) =>
      answered(auth.twoFactor.enable({ password: values("password") })),
    onSuccess: (answer) => {
      if ("totpURI" in answer) setSetup(answer);
    },
  });
  const disable = useMutation({
    mutationFn: (values: FormValues) =>
      answered(auth.twoFactor.disable({ password: values("password") })),
    onSuccess: () => setJustEnabled(false),
  });
  const password = (
    <Field
      label="Your password"
      name="password"
      type="password"
      autoComplete="current-password"
      required
    />
  );
  const state = enabled ? <Status tone="good">On</Status> : <Status tone="idle">Off</Status>;

  if (enabled) {
    return (
      <Section title="Sign-in codes" aside={state}>
        {justEnabled && (
          <Notice tone="good">Codes are on. You are asked for one when you sign in again.</Notice>
        )}
        <p className="quiet">You enter a code from your authenticator app when you sign in.</p>
        <AskForm ask={disable} submit="Turn off">
          {password}
        </AskForm>
      </Section>
    );
  }
  if (setup !== null) {
    return (
      <Section title="Sign-in codes" aside={state}>
        <div className="two-columns">
          <div className="stack">
            <h3>1. Scan this with your authenticator app</h3>
            <QrCode text={setup.totpURI} label="QR code for your authenticator app" />
            <p className="small">
              Or enter this key by hand: <code>{secretIn(setup.totpURI)}</code>
            </p>
          </div>
          <div className="stack">
            <h3>2. Keep these backup codes</h3>
            <p className="quiet">Each lets you in once when your phone is not at hand.</p>
            <ul className="codes">
              {setup.backupCodes.map((code) => (
                <li key={code}>{code}</li>
              ))}
            </ul>
            <div className="row">
              <CopyButton text={setup.backupCodes.join("\n")} label="Copy codes" />
            </div>
          </div>
        </div>
        <h3>3. Enter the code that the app shows</h3>
        <SecondFactor
          appAlone
          onVerified={() => {
            setSetup(null);
            setJustEnabled(true);
            void queryClient.invalidateQueries();
          }}
        />
      </Section>
    );
  }
  return (
    <Section title="Sign-in codes" aside={state}>
      <p className="quiet">
        With codes, a stolen password alone lets nobody in. You need an authenticator app on your
        phone.
      </p>
      <AskForm ask={begin} submit="Turn on">
        {password}
      </AskForm>
    </Section>
  );
};
