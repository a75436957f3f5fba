import { Page, buttonClass } from "@latchkey/ui";
import { Brand } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, redirect } from "react-router";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { PlanCards, planLead } from "../components/plan-cards.tsx";
import { paths } from "../paths.ts";

/** For whoever looks around; a member is led to where they can buy. */
export const loader = async () => {
  const [me] = await Promise.all([
    queryClient.ensureQueryData(queries.me()),
    queryClient.ensureQueryData(queries.plans()),
  ]);
  return me?.activeOrganization ? redirect(paths.plans()) : null;
};

export const Component = (): ReactElement => {
  const { data } = useSuspenseQuery(queries.plans());
  const signUp = paths.signUp({ next: paths.plans() });
  return (
    <main className="entry entry-wide">
      <Brand app="Latchkey" home={paths.home()} />
      <Page
        title="Plans and prices"
        lead={planLead}
        actions={
          <Link className={buttonClass()} to={paths.signIn()}>
            Sign in
          </Link>
        }
      >
        <PlanCards
          plans={data.items}
          actions={({ name, trialDays }) => (
            <Link
              className={buttonClass({ variant: "primary" })}
              to={signUp}
              aria-label={`Create an account for ${name}`}
            >
              {trialDays > 0 ? `Try it for ${trialDays} days` : "Create an account"}
            </Link>
          )}
        />
      </Page>
    </main>
  );
};
