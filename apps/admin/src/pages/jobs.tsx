import { JobRunStatus } from "@latchkey/contracts";
import type { JobRun } from "@latchkey/contracts";
import { Instant, Page, Status } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSearchParams } from "react-router";
import { queries } from "../api/queries.ts";
import type { JobFilter } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { Filters, StatusFilter } from "../components/filters.tsx";
import { List } from "../components/list.tsx";
import { paths } from "../paths.ts";
import { jobTones, jobWords } from "../words.ts";

const filterIn = (search: URLSearchParams): JobFilter => {
  const status = JobRunStatus.safeParse(search.get("status")).data;
  return { ...(status && { status }) };
};

export const loader = forStaff(({ request }) =>
  queryClient.ensureInfiniteQueryData(queries.jobs(filterIn(new URL(request.url).searchParams))),
);

const columns: readonly Column<JobRun>[] = [
  { header: "Job", cell: ({ job }) => <code>{job}</code> },
  { header: "About", cell: ({ target }) => <code>{target}</code> },
  {
    header: "Status",
    cell: ({ status, lastError }) => (
      <>
        <Status tone={jobTones[status]}>{jobWords[status]}</Status>
        {lastError !== null && <p className="quiet small">{lastError}</p>}
      </>
    ),
  },
  { header: "Attempts", kind: "number", cell: ({ attempts }) => attempts },
  { header: "Queued", cell: ({ queuedAt }) => <Instant at={queuedAt} /> },
  {
    header: "Finished",
    cell: ({ finishedAt }) => (finishedAt === null ? "Not yet" : <Instant at={finishedAt} />),
  },
];

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const filter = filterIn(search);
  const list = useSuspenseInfiniteQuery(queries.jobs(filter));
  return (
    <Page title="Jobs" lead="What ran in the background, newest first." wide>
      <Filters
        key={search.toString()}
        label="Filter jobs"
        addressOf={(values) => {
          const status = JobRunStatus.safeParse(values("status")).data;
          return paths.jobs({ ...(status && { status }) });
        }}
      >
        <StatusFilter options={JobRunStatus.options} words={jobWords} value={filter.status} />
      </Filters>
      <List
        caption="Jobs"
        columns={columns}
        list={list}
        clearFilters={filter.status === undefined ? null : paths.jobs()}
      >
        The worker runs a job for each event that somebody waits for, and for each thing that falls
        due.
      </List>
    </Page>
  );
};
