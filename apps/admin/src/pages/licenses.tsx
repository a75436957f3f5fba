import { LicenseStatus as Status } from "@latchkey/contracts";
import type { AdminLicense } from "@latchkey/contracts";
import { CalendarDate, Field, Page } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { LicenseStatus } from "@latchkey/ui/web";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useSearchParams } from "react-router";
import { queries } from "../api/queries.ts";
import type { LicenseFilter } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { Filters, StatusFilter } from "../components/filters.tsx";
import { licenseWords } from "../words.ts";
import { List } from "../components/list.tsx";
import { paths } from "../paths.ts";

/** The filter in an address; what is no status is as if it were not there. */
const filterIn = (search: URLSearchParams): LicenseFilter => {
  const status = Status.safeParse(search.get("status")).data;
  const q = search.get("q")?.slice(0, 200);
  return { ...(status && { status }), ...(q && { q }) };
};

export const loader = forStaff(({ request }) =>
  queryClient.ensureInfiniteQueryData(
    queries.licenses(filterIn(new URL(request.url).searchParams)),
  ),
);

const columns: readonly Column<AdminLicense>[] = [
  {
    header: "Organization",
    cell: ({ id, organization }) => <Link to={paths.license(id)}>{organization.name}</Link>,
  },
  { header: "Product", cell: ({ product }) => product.name },
  { header: "Plan", cell: ({ plan }) => plan.name },
  { header: "Status", cell: (license) => <LicenseStatus {...license} words={licenseWords} /> },
  { header: "Seats", kind: "number", cell: ({ seats }) => `${seats.used} / ${seats.max}` },
  {
    header: "Machines",
    kind: "number",
    cell: ({ machines: { used, max } }) => (max === null ? used : `${used} / ${max}`),
  },
  { header: "Key ending", cell: ({ key }) => <code>{key.slice(-4)}</code> },
  {
    header: "Expires",
    cell: ({ expiresAt }) => (expiresAt === null ? "Never" : <CalendarDate at={expiresAt} />),
  },
];

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const filter = filterIn(search);
  const list = useSuspenseInfiniteQuery(queries.licenses(filter));
  const filtered = filter.status !== undefined || filter.q !== undefined;
  return (
    <Page title="Licenses" wide>
      <Filters
        key={search.toString()}
        label="Filter licenses"
        addressOf={(values) => {
          const status = Status.safeParse(values("status")).data;
          return paths.licenses({ ...(status && { status }), q: values("q") });
        }}
      >
        <Field
          label="Search"
          name="q"
          type="search"
          maxLength={200}
          defaultValue={filter.q}
          placeholder="Organization, plan, key ending or id"
        />
        <StatusFilter options={Status.options} words={licenseWords} value={filter.status} />
      </Filters>
      <List
        caption="Licenses"
        columns={columns}
        list={list}
        clearFilters={filtered ? paths.licenses() : null}
      >
        A license appears here when a customer buys a plan or starts a trial in the portal.
      </List>
    </Page>
  );
};
