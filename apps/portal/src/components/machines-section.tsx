import type { License, Machine, Platform } from "@latchkey/contracts";
import { Button, ConfirmDialog, EmptyState, Instant, LoadMore, Section, Table } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { machineWords } from "../words.ts";

const platforms = {
  linux: "Linux",
  macos: "macOS",
  windows: "Windows",
  other: "Other",
} as const satisfies Record<Platform, string>;

const columns = (
  mayNotRemove: string | null,
  onRemove: (machine: Machine) => void,
): readonly Column<Machine>[] => [
  { header: machineWords.one, cell: ({ name }) => <strong>{name}</strong> },
  {
    header: "System",
    cell: ({ platform }) => (platform === null ? "Unknown" : platforms[platform]),
  },
  {
    header: "Fingerprint",
    cell: ({ fingerprint }) => <code title={fingerprint}>{fingerprint.slice(0, 12)}…</code>,
  },
  { header: "Activated", cell: ({ activatedAt }) => <Instant at={activatedAt} /> },
  { header: "Last seen", cell: ({ lastSeenAt }) => <Instant at={lastSeenAt} /> },
  ...(mayNotRemove === null
    ? [
        {
          header: "Action",
          kind: "action" as const,
          cell: (machine: Machine) => (
            <Button small aria-label={`Remove ${machine.name}`} onClick={() => onRemove(machine)}>
              Remove
            </Button>
          ),
        },
      ]
    : []),
];

/** The computers that the key was entered on. */
export const MachinesSection = ({ license }: { readonly license: License }): ReactElement => {
  const { whyNot } = useMembership();
  const [removing, setRemoving] = useState<Machine | null>(null);
  const list = useSuspenseInfiniteQuery(queries.machines(license.id));
  const remove = useMutation({
    mutationFn: (machineId: string) =>
      api.machines.remove.mutate({ licenseId: license.id, machineId }),
    onSuccess: () => setRemoving(null),
  });
  const machines = list.data.pages.flatMap(({ items }) => items);
  const { used, max } = license.machines;
  const mayNotRemove = whyNot("licenses:manage");
  return (
    <Section
      id="computers"
      title={machineWords.many}
      aside={<span>{max === null ? `${used} activated` : `${used} of ${max} activated`}</span>}
    >
      {machines.length === 0 ? (
        <EmptyState title="No computer is activated">
          A computer is activated when somebody pastes the key into the app on it. It then takes a
          seat whenever the app runs.
        </EmptyState>
      ) : (
        <Table
          caption="Activated computers"
          columns={columns(mayNotRemove, setRemoving)}
          rows={machines}
          rowKey={({ id }) => id}
        />
      )}
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
      {mayNotRemove !== null && <p className="quiet small">Removing a computer: {mayNotRemove}</p>}
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}?`}
          effect={
            <p>
              The app on {removing.name} loses its seat and asks for the license key again. Nothing
              on that computer is deleted, and the key activates it anew.
            </p>
          }
          confirmLabel="Remove computer"
          busy={remove.isPending}
          failure={<Failure error={remove.error} />}
          onConfirm={() => remove.mutate(removing.id)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Section>
  );
};
