import { EmailAddress } from "@latchkey/contracts";
import type { SandboxMail } from "@latchkey/contracts";
import { EmptyState, Field, Instant, LoadMore, Page } from "@latchkey/ui";
import { useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { useSearchParams } from "react-router";
import { queries } from "../api/queries.ts";
import type { MailFilter } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { Filters } from "../components/filters.tsx";
import { paths } from "../paths.ts";

const filterIn = (search: URLSearchParams): Pick<MailFilter, "to"> => {
  const to = EmailAddress.safeParse(search.get("to")).data;
  return { ...(to && { to }) };
};

export const loader = forStaff(({ request }) =>
  queryClient.ensureInfiniteQueryData(
    queries.sandboxMails(filterIn(new URL(request.url).searchParams)),
  ),
);

/** The text with its addresses as links, as a mail program shows it. */
const withLinks = (text: string): ReactNode[] =>
  text.split(/(https?:\/\/[^\s<>"]+)/).map((part, index) =>
    index % 2 === 1 ? (
      <a key={index} href={part}>
        {part}
      </a>
    ) : (
      part
    ),
  );

const Mail = ({ mail }: { readonly mail: SandboxMail }): ReactElement => (
  <details className="card mail">
    <summary>
      <strong>{mail.subject}</strong>
      <span className="quiet">
        {" "}
        to {mail.to}, {mail.sentAt === null ? "not sent yet" : <Instant at={mail.sentAt} />}
      </span>
    </summary>
    <p className="mail-text">{withLinks(mail.text)}</p>
    {mail.attachments.map(({ filename, content }) => (
      <figure key={filename}>
        <figcaption className="quiet small">Attached: {filename}</figcaption>
        <pre className="json">{content}</pre>
      </figure>
    ))}
  </details>
);

export const Component = (): ReactElement => {
  const [search] = useSearchParams();
  const filter = filterIn(search);
  const list = useSuspenseInfiniteQuery(queries.sandboxMails(filter));
  const mails = list.data.pages.flatMap(({ items }) => items);
  return (
    <Page title="Sandbox mails" lead="What would have been sent, to be read here.">
      <Filters
        key={search.toString()}
        label="Filter sandbox mails"
        addressOf={(values) => paths.sandboxMails({ to: values("to") })}
      >
        <Field label="To" name="to" type="email" defaultValue={filter.to} />
      </Filters>
      {mails.length === 0 && (
        <EmptyState title="No mail">
          Sign up, buy a plan or invite somebody in the portal: the mails land here instead of in a
          mailbox.
        </EmptyState>
      )}
      {mails.map((mail) => (
        <Mail key={mail.id} mail={mail} />
      ))}
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
    </Page>
  );
};
