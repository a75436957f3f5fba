import { Field, Notice, buttonClass } from "@latchkey/ui";
import { AskForm, nextPath } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { queryClient } from "../api/query-client.ts";
import { sendVerification } from "../api/send-verification.ts";
import { EntryLayout } from "../components/entry-layout.tsx";
import { signInWords } from "../words.ts";

/** What was known of the person may say that the address is not confirmed. */
export const loader = async (): Promise<null> => {
  await queryClient.invalidateQueries({ queryKey: ["me"] });
  return null;
};

/** Where the link in the verification mail ends; it brings `error` when it did not work. */
export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const send = useMutation({
    mutationFn: (values: FormValues) => sendVerification(values("email")),
  });
  if (search.get("error") === null) {
    return (
      <EntryLayout title="Your address is confirmed">
        <p>Thank you. Everything is open to you now.</p>
        <div>
          <Link className={buttonClass({ variant: "primary" })} to={nextPath(search)}>
            Go on
          </Link>
        </div>
      </EntryLayout>
    );
  }
  return (
    <EntryLayout title="This link no longer works">
      <p>
        It has been used, or is older than {signInWords.confirmationLinkLives}. We can send you a
        new one.
      </p>
      {send.isSuccess ? (
        <Notice tone="good">If this address waits for confirmation, a link is on its way.</Notice>
      ) : (
        <AskForm ask={send} submit="Send a new link">
          <Field label="Mail address" name="email" type="email" autoComplete="username" required />
        </AskForm>
      )}
    </EntryLayout>
  );
};
