import { Field, Notice, buttonClass } from "@latchkey/ui";
import { useMutation } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { answered, auth } from "../api/auth.ts";
import { queryClient } from "../api/query-client.ts";
import { AskForm } from "../components/ask-form.tsx";
import type { FormValues } from "../components/ask-form.tsx";
import { EntryLayout } from "../components/entry-layout.tsx";
import { nextPath, paths } from "../paths.ts";

/** Where the link in the verification mail ends; it brings `error` when it did not work. */
export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const send = useMutation({
    mutationFn: (values: FormValues) =>
      answered(
        auth.sendVerificationEmail({ email: values("email"), callbackURL: paths.mailVerified() }),
      ),
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
      <p>It has been used, or is older than 24 hours. We can send you a new one.</p>
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

/** What was known of the person may say that the address is not confirmed. */
export const loader = async (): Promise<null> => {
  await queryClient.invalidateQueries({ queryKey: ["me"] });
  return null;
};
