import { Button, Notice } from "@latchkey/ui";
import { Failure } from "@latchkey/ui/web";
import type { ReactElement } from "react";
import { useSendVerification } from "../api/send-verification.ts";

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
