import { Button, Notice, buttonClass } from "@latchkey/ui";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { EntryLayout } from "../components/entry-layout.tsx";
import { Failure } from "../components/failure.tsx";
import { useSendVerification } from "../components/verify-mail-notice.tsx";
import { paths } from "../paths.ts";

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const email = search.get("email") ?? "";
  const send = useSendVerification();
  return (
    <EntryLayout title="Check your mail">
      <p>
        We sent a link to <strong>{email || "your address"}</strong>. Open it to confirm that the
        address is yours; it works for 24 hours.
      </p>
      {send.isSuccess && <Notice tone="good">A new link is on its way.</Notice>}
      <Failure error={send.error} />
      <div className="row">
        <Link className={buttonClass({ variant: "primary" })} to={paths.signIn()}>
          Sign in
        </Link>
        {email !== "" && (
          <Button onClick={() => send.mutate(email)} busy={send.isPending}>
            Send again
          </Button>
        )}
      </div>
      <p className="quiet small">
        Nothing there? Look among unwanted mail, and check the address for typing errors.
      </p>
    </EntryLayout>
  );
};
