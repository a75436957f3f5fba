import { Button, Notice } from "@latchkey/ui";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { answered, auth } from "../api/auth.ts";
import { paths } from "../paths.ts";
import { Failure } from "./failure.tsx";

/** Sends the mail that confirms an address once more. */
export const useSendVerification = () =>
  useMutation({
    mutationFn: (email: string) =>
      answered(auth.sendVerificationEmail({ email, callbackURL: paths.mailVerified() })),
  });

/** Stands above every page until the address is confirmed, because buying and inviting wait for it. */
export const VerifyMailNotice = ({ email }: { readonly email: string }): ReactElement => {
  const send = useSendVerification();
  return (
    <div className="stack app-notice">
      <Notice
        tone="notice"
        action={
          <Button small onClick={() => send.mutate(email)} busy={send.isPending}>
            {send.isSuccess ? "Send once more" : "Send again"}
          </Button>
        }
      >
        <strong>Confirm your mail address.</strong>{" "}
        {send.isSuccess
          ? `A new link is on its way to ${email}.`
          : `Open the link in the mail to ${email}. You can buy plans and invite people after that.`}
      </Notice>
      <Failure error={send.error} />
    </div>
  );
};
