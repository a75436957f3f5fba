import { Button, Page, Section, Status } from "@latchkey/ui";
import { useSignOut } from "@latchkey/ui/web";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { TwoFactorSection } from "../forms/two-factor.tsx";
import { paths } from "../paths.ts";

export const Component = (): ReactElement => {
  const { me } = useMembership();
  const signOut = useSignOut(paths.signIn());
  return (
    <Page title="Account" lead="You, in every organization that you belong to.">
      <Section title="You">
        <dl className="facts">
          <div>
            <dt>Name</dt>
            <dd>{me.name}</dd>
          </div>
          <div>
            <dt>Mail address</dt>
            <dd>{me.email}</dd>
          </div>
          <div>
            <dt>Address</dt>
            <dd>
              {me.emailVerified ? (
                <Status tone="good">Confirmed</Status>
              ) : (
                <Status tone="notice">Not confirmed</Status>
              )}
            </dd>
          </div>
        </dl>
        <div>
          <Button onClick={() => signOut.mutate()} busy={signOut.isPending}>
            Sign out here
          </Button>
        </div>
      </Section>
      <TwoFactorSection enabled={me.twoFactorEnabled} />
    </Page>
  );
};
