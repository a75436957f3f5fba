import { Button, Notice, buttonClass } from "@latchkey/ui";
import { Failure } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { useSendVerification } from "../api/send-verification.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { EntryLayout } from "../components/entry-layout.tsx";
import { paths } from "../paths.ts";
import { signInWords } from "../words.ts";

export const loader = () => queryClient.ensureQueryData(queries.sandbox());

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const email = search.get("email") ?? "";
  const { data } = useSuspenseQuery(queries.sandbox());
  const send = useSendVerification();
  return (
    <EntryLayout title="Check your mail">
      <p>
        We sent a link to <strong>{email || "your address"}</strong>. Open it to confirm that the
        address is yours; it works for {signInWords.confirmationLinkLives}.
      </p>
      {data.sandbox && (
        <Notice tone="notice">
          This is a sandbox, and no mail leaves it: staff read yours in the admin app, under{" "}
          <a href="/admin/sandbox/mails">Sandbox mails</a>.
        </Notice>
      )}
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
      {!data.sandbox && (
        <p className="quiet small">
          Nothing there? Look among unwanted mail, and check the address for typing errors.
        </p>
      )}
    </EntryLayout>
  );
};
