import type { BillingInterval, Plan } from "@latchkey/contracts";
import { Money, Segments } from "@latchkey/ui";
import { useState } from "react";
import type { ReactElement, ReactNode } from "react";
import { useSearchParams } from "react-router";

const words = (name: string): string => {
  const spaced = name.replaceAll(/[-_.]+/g, " ").replaceAll(/([a-z])([A-Z])/g, "$1 $2");
  return spaced.length <= 3 ? spaced.toUpperCase() : spaced[0]?.toUpperCase() + spaced.slice(1);
};

const seats = (count: number): string => (count === 1 ? "1 seat" : `${count} seats at a time`);

/** What a plan gives, in lines: seats, machines, limits, and the features that are on. */
const linesOf = ({ maxSeats, maxMachines, limits, features }: Plan): string[] => [
  seats(maxSeats),
  maxMachines === null ? "Any number of computers" : `Up to ${maxMachines} computers`,
  ...Object.entries(limits).map(([name, limit]) => `${limit.toLocaleString("en")} ${name}`),
  ...Object.entries(features).flatMap(([name, value]) => {
    if (value === false) return [];
    return value === true ? [words(name)] : [`${words(name)}: ${value}`];
  }),
];

/** What a license is, said above the plans wherever they are shown. */
export const planLead =
  "One license key for the whole team. A seat is in use while the app runs, and comes back when it quits.";

/** The interval that prices are shown for; it stands in the address, so that it can be shared. */
const useBillingInterval = (): [BillingInterval, (interval: BillingInterval) => void] => {
  const [search, setSearch] = useSearchParams();
  // Kept here as well: the address follows only after its loaders, and a choice must show at once.
  const [interval, setBillingInterval] = useState<BillingInterval>(
    search.get("interval") === "year" ? "year" : "month",
  );
  const choose = (next: BillingInterval) => {
    setBillingInterval(next);
    setSearch({ interval: next }, { replace: true });
  };
  return [interval, choose];
};

/** The plans side by side, priced for one interval; `actions` is what can be done with each. */
export const PlanCards = ({
  plans,
  actions,
}: {
  readonly plans: readonly Plan[];
  readonly actions: (plan: Plan, interval: BillingInterval) => ReactNode;
}): ReactElement => {
  const [interval, setBillingInterval] = useBillingInterval();
  return (
    <div className="stack">
      <div>
        <Segments
          legend="Pay by"
          options={[
            { value: "month", label: "Monthly" },
            { value: "year", label: "Yearly" },
          ]}
          value={interval}
          onChange={setBillingInterval}
        />
      </div>
      <ul className="plans">
        {plans.map((plan) => {
          const price = plan.prices.find((offered) => offered.interval === interval)?.price;
          return (
            <li key={plan.slug} className="card plan" aria-label={plan.name}>
              <div>
                <h2>{plan.name}</h2>
                <p className="quiet">{plan.description}</p>
              </div>
              {price === undefined ? (
                <p className="quiet">Not sold by the {interval}.</p>
              ) : (
                <p className="plan-price">
                  <Money {...price} /> <span>a {interval}</span>
                </p>
              )}
              <ul className="plan-lines">
                {linesOf(plan).map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
              {price !== undefined && <div className="plan-actions">{actions(plan, interval)}</div>}
            </li>
          );
        })}
      </ul>
    </div>
  );
};
