import type { License } from "@latchkey/contracts";
import { CalendarDate, EmptyState, LoadMore, Page, Table, buttonClass } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { LicenseStatus } from "@latchkey/ui/web";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link } from "react-router";
import { forMember, useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { licenseWords, machineWords } from "../words.ts";
import { paths } from "../paths.ts";

export const loader = forMember(() => queryClient.ensureInfiniteQueryData(queries.licenses()));

const columns: readonly Column<License>[] = [
  {
    header: "License",
    cell: ({ id, product, plan }) => (
      <Link to={paths.license(id)}>
        {product.name} {plan.name}
      </Link>
    ),
  },
  { header: "Status", cell: (license) => <LicenseStatus {...license} words={licenseWords} /> },
  { header: "Key", cell: ({ key }) => <code>{key}</code> },
  {
    header: "Seats in use",
    kind: "number",
    cell: ({ id, seats }) => (
      <Link to={`${paths.license(id)}#seats`}>
        {seats.used} of {seats.max}
      </Link>
    ),
  },
  {
    header: machineWords.many,
    kind: "number",
    cell: ({ id, machines: { used, max } }) => (
      <Link to={`${paths.license(id)}#computers`}>{max === null ? used : `${used} of ${max}`}</Link>
    ),
  },
  {
    header: "Valid until",
    cell: ({ expiresAt }) => (expiresAt === null ? "No end" : <CalendarDate at={expiresAt} />),
  },
];

export const Component = (): ReactElement => {
  const { organization } = useMembership();
  const list = useSuspenseInfiniteQuery(queries.licenses());
  const licenses = list.data.pages.flatMap(({ items }) => items);
  return (
    <Page
      title="Licenses"
      lead={`What ${organization.name} may run, and how much of it is in use.`}
    >
      {licenses.length === 0 ? (
        <EmptyState
          title="No license yet"
          action={
            <Link className={buttonClass({ variant: "primary" })} to={paths.plans()}>
              See plans
            </Link>
          }
        >
          A license is the right of your team to run the app on a number of seats at a time. It
          comes with one key, such as LATCH-7K4Q-…, that everybody pastes once. Buy a plan or start
          a trial to get yours.
        </EmptyState>
      ) : (
        <div className="card">
          <Table caption="Licenses" columns={columns} rows={licenses} rowKey={({ id }) => id} />
        </div>
      )}
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
    </Page>
  );
};
