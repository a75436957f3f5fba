import { Button, Field } from "@latchkey/ui";
import { answered, AskForm, auth } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";

/**
 * The second step of signing in: the code of the authenticator app, or one of the backup codes. With `appAlone` only
 * the app's counts: it turns codes on, which a backup code cannot.
 */
export const SecondFactor = ({
  onVerified,
  appAlone = false,
}: {
  readonly onVerified: () => void;
  readonly appAlone?: boolean;
}): ReactElement => {
  const [kind, setKind] = useState<"totp" | "backup">("totp");
  const verify = useMutation({
    mutationFn: async (values: FormValues) => {
      const code = values("code").replaceAll(" ", "");
      await (kind === "totp"
        ? answered(auth.twoFactor.verifyTotp({ code }))
        : answered(auth.twoFactor.verifyBackupCode({ code })));
    },
    onSuccess: onVerified,
  });
  return (
    <div className="stack">
      <AskForm ask={verify} submit="Go on">
        {kind === "totp" ? (
          <Field
            key="totp"
            label="Code from your authenticator app"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            autoFocus
          />
        ) : (
          <Field
            key="backup"
            label="Backup code"
            name="code"
            autoComplete="off"
            hint="One of those that you kept when you turned on codes. Each works once."
            required
            autoFocus
          />
        )}
      </AskForm>
      {!appAlone && (
        <div>
          <Button variant="quiet" onClick={() => setKind(kind === "totp" ? "backup" : "totp")}>
            {kind === "totp" ? "Use a backup code" : "Use the authenticator app"}
          </Button>
        </div>
      )}
    </div>
  );
};
