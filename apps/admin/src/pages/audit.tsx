import { Field, Page } from "@latchkey/ui";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSearchParams } from "react-router";
import { queries } from "../api/queries.ts";
import type { AuditFilter } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { auditColumns } from "../components/audit-columns.tsx";
import { Filters } from "../components/filters.tsx";
import { List } from "../components/list.tsx";
import { paths } from "../paths.ts";

const filterIn = (search: URLSearchParams): AuditFilter => {
  const targetId = search.get("targetId")?.slice(0, 100);
  return { ...(targetId && { targetId }) };
};

export const loader = forStaff(({ request }) =>
  queryClient.ensureInfiniteQueryData(queries.audit(filterIn(new URL(request.url).searchParams))),
);

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const filter = filterIn(search);
  const list = useSuspenseInfiniteQuery(queries.audit(filter));
  return (
    <Page title="Audit" lead="Who did what, newest first." wide>
      <Filters
        key={search.toString()}
        label="Filter the audit trail"
        addressOf={(values) => paths.audit({ targetId: values("targetId") })}
      >
        <Field
          label="Id of the target"
          name="targetId"
          type="search"
          maxLength={100}
          defaultValue={filter.targetId}
        />
      </Filters>
      <List
        caption="Audit trail"
        columns={auditColumns}
        list={list}
        clearFilters={filter.targetId === undefined ? null : paths.audit()}
      >
        Everything that people, staff and the system change is recorded here and stays.
      </List>
    </Page>
  );
};
