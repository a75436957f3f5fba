import { EmailAddress, MailStatus } from "@latchkey/contracts";
import type { AdminMail } from "@latchkey/contracts";
import { Field, Instant, Page, Status } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useSearchParams } from "react-router";
import { queries } from "../api/queries.ts";
import type { MailFilter } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { Filters, StatusFilter } from "../components/filters.tsx";
import { List } from "../components/list.tsx";
import { paths } from "../paths.ts";
import { mailTones, mailWords } from "../words.ts";

/** The filter in an address; what the server would refuse is as if it were not there. */
const filterIn = (search: URLSearchParams): MailFilter => {
  const status = MailStatus.safeParse(search.get("status")).data;
  const to = EmailAddress.safeParse(search.get("to")).data;
  return { ...(status && { status }), ...(to && { to }) };
};

export const loader = forStaff(({ request }) =>
  queryClient.ensureInfiniteQueryData(queries.mails(filterIn(new URL(request.url).searchParams))),
);

const columns: readonly Column<AdminMail>[] = [
  { header: "To", cell: ({ to }) => to },
  { header: "Subject", cell: ({ subject }) => subject },
  { header: "Template", cell: ({ template }) => <code>{template}</code> },
  {
    header: "Status",
    cell: ({ status, lastError }) => (
      <>
        <Status tone={mailTones[status]}>{mailWords[status]}</Status>
        {lastError !== null && <p className="quiet small">{lastError}</p>}
      </>
    ),
  },
  { header: "Attempts", kind: "number", cell: ({ attempts }) => attempts },
  { header: "Created", cell: ({ createdAt }) => <Instant at={createdAt} /> },
  {
    header: "Sent",
    cell: ({ sentAt }) => (sentAt === null ? "Not yet" : <Instant at={sentAt} />),
  },
];

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const filter = filterIn(search);
  const list = useSuspenseInfiniteQuery(queries.mails(filter));
  const filtered = filter.status !== undefined || filter.to !== undefined;
  return (
    <Page title="Mails" lead="Every mail with its state, newest first." wide>
      <Filters
        key={search.toString()}
        label="Filter mails"
        addressOf={(values) => {
          const status = MailStatus.safeParse(values("status")).data;
          return paths.mails({ ...(status && { status }), to: values("to") });
        }}
      >
        <Field label="To" name="to" type="email" defaultValue={filter.to} />
        <StatusFilter options={MailStatus.options} words={mailWords} value={filter.status} />
      </Filters>
      <List
        caption="Mails"
        columns={columns}
        list={list}
        clearFilters={filtered ? paths.mails() : null}
      >
        A mail is written when something happens that a person should know: a sign-up, a purchase,
        an invitation.
      </List>
    </Page>
  );
};
