import { seatTiming } from "@latchkey/contracts";
import type { License, SeatSession } from "@latchkey/contracts";
import {
  Button,
  ConfirmDialog,
  EmptyState,
  Instant,
  LoadMore,
  SeatStrip,
  Section,
  Status,
  Table,
} from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { isSilent } from "../api/session-rules.ts";
import { machineWords } from "../words.ts";

/** How soon a desktop learns what happened to its session. */
const heartbeatMinutes = seatTiming.heartbeatSeconds / 60;

const clockTime = (at: string): string =>
  new Intl.DateTimeFormat("en", { timeStyle: "short" }).format(new Date(at));

const columns = (
  nowMs: number,
  mayNotEnd: string | null,
  onEnd: (session: SeatSession) => void,
): readonly Column<SeatSession>[] => [
  { header: machineWords.one, cell: ({ machine }) => <strong>{machine.name}</strong> },
  {
    header: "State",
    cell: (session) =>
      isSilent(session, nowMs) ? (
        <>
          <Status tone="notice">Silent</Status>
          <p className="quiet small">
            It may have crashed; the seat frees itself at {clockTime(session.expiresAt)}.
          </p>
        </>
      ) : (
        <Status tone="good">Running</Status>
      ),
  },
  { header: "Since", cell: ({ startedAt }) => <Instant at={startedAt} /> },
  { header: "Last heartbeat", cell: ({ lastHeartbeatAt }) => <Instant at={lastHeartbeatAt} /> },
  { header: "App version", cell: ({ appVersion }) => appVersion ?? "Unknown" },
  ...(mayNotEnd === null
    ? [
        {
          header: "Action",
          kind: "action" as const,
          cell: (session: SeatSession) => (
            <Button
              small
              aria-label={`End session of ${session.machine.name}`}
              onClick={() => onEnd(session)}
            >
              End session
            </Button>
          ),
        },
      ]
    : []),
];

/** Who holds the seats, as it changes. */
export const SeatsSection = ({ license }: { readonly license: License }): ReactElement => {
  const { whyNot } = useMembership();
  const [ending, setEnding] = useState<SeatSession | null>(null);
  const list = useSuspenseInfiniteQuery(queries.sessions(license.id));
  const end = useMutation({
    mutationFn: (sessionId: string) =>
      api.sessions.end.mutate({ licenseId: license.id, sessionId }),
    onSuccess: () => setEnding(null),
  });
  const sessions = list.data.pages.flatMap(({ items }) => items);
  const used = list.hasNextPage ? license.seats.used : sessions.length;
  const mayNotEnd = whyNot("licenses:manage");
  return (
    <Section
      id="seats"
      title="Seats"
      aside={
        <span>
          {used} of {license.seats.max} in use
        </span>
      }
    >
      <SeatStrip used={used} max={license.seats.max} />
      {list.isRefetchError && <Failure error={list.error} onRetry={() => void list.refetch()} />}
      {sessions.length === 0 ? (
        <EmptyState title="Nobody holds a seat now">
          A seat is taken when the app starts on an activated computer, and comes back when it
          quits. Whoever holds one is listed here within seconds.
        </EmptyState>
      ) : (
        <Table
          caption="Who holds the seats"
          columns={columns(list.dataUpdatedAt, mayNotEnd, setEnding)}
          rows={sessions}
          rowKey={({ id }) => id}
        />
      )}
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
      {mayNotEnd !== null && <p className="quiet small">Ending a session: {mayNotEnd}</p>}
      {ending && (
        <ConfirmDialog
          title={`End the session of ${ending.machine.name}?`}
          effect={
            <p>
              Its seat becomes free at once. The app on {ending.machine.name} is told at its next
              heartbeat, within {heartbeatMinutes} minutes, and asks its user to save. It may take a
              free seat again.
            </p>
          }
          confirmLabel="End session"
          busy={end.isPending}
          failure={<Failure error={end.error} />}
          onConfirm={() => end.mutate(ending.id)}
          onClose={() => setEnding(null)}
        />
      )}
    </Section>
  );
};
