import type { CreateCheckout } from "@latchkey/contracts";
import { Button, Page } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useNavigate } from "react-router";
import { forMember, useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { PlanCards, planLead } from "../components/plan-cards.tsx";
import { paths } from "../paths.ts";

/** The licenses are asked anew once anything changed: a trial that has just begun must not flash up again. */
export const loader = forMember(() =>
  Promise.all([
    queryClient.ensureQueryData(queries.plans()),
    queryClient.fetchQuery(queries.recentLicenses()),
  ]),
);

type Order = Pick<CreateCheckout, "plan" | "interval" | "trial">;

export const Component = (): ReactElement => {
  const { me, whyNot } = useMembership();
  const navigate = useNavigate();
  const { data } = useSuspenseQuery(queries.plans());
  const { data: licenses } = useSuspenseQuery(queries.recentLicenses());
  const tried = new Set(
    licenses.items.filter(({ trial }) => trial).map(({ product }) => product.id),
  );
  const order = useMutation({
    mutationFn: (wish: Order) => api.checkout.create.mutate(wish),
    onSuccess: async ({ id, status, url }) => {
      if (status === "complete") await navigate(paths.checkout(id));
      else window.location.assign(url);
    },
  });
  const reason =
    whyNot("billing:write") ?? (me.emailVerified ? null : "Confirm your mail address first.");
  const isUnderWay = ({ plan, trial }: Order) =>
    order.isPending && order.variables.plan === plan && order.variables.trial === trial;

  return (
    <Page title="Plans" lead={planLead}>
      <Failure error={order.error} />
      <PlanCards
        plans={data.items}
        actions={({ slug, name, trialDays, product }, interval) => {
          const buy: Order = { plan: slug, interval, trial: false };
          const trial: Order = { ...buy, trial: true };
          return (
            <>
              <Button
                variant="primary"
                aria-label={`Buy ${name}`}
                onClick={() => order.mutate(buy)}
                busy={isUnderWay(buy)}
                unavailableBecause={reason}
              >
                Buy
              </Button>
              {trialDays > 0 && !tried.has(product.id) && reason === null && (
                <Button
                  aria-label={`Start ${trialDays}-day trial of ${name}`}
                  onClick={() => order.mutate(trial)}
                  busy={isUnderWay(trial)}
                >
                  Start {trialDays}-day trial
                </Button>
              )}
            </>
          );
        }}
      />
    </Page>
  );
};
