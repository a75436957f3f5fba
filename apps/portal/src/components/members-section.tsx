import { MemberRole } from "@latchkey/contracts";
import type { Member } from "@latchkey/contracts";
import { Button, CalendarDate, ConfirmDialog, LoadMore, Section, Table } from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { roleWords } from "../words.ts";

interface ColumnsDeps {
  readonly myId: string;
  readonly mayWrite: boolean;
  readonly onRole: (member: Member, role: MemberRole) => void;
  readonly onRemove: (member: Member) => void;
}

const columns = ({ myId, mayWrite, onRole, onRemove }: ColumnsDeps): readonly Column<Member>[] => [
  {
    header: "Member",
    cell: ({ userId, name, email }) => (
      <>
        <strong>{name}</strong>
        {userId === myId && <span className="quiet"> (you)</span>}
        <p className="quiet small">{email}</p>
      </>
    ),
  },
  {
    header: "Role",
    cell: (member) =>
      mayWrite ? (
        <select
          className="field-input"
          aria-label={`Role of ${member.name}`}
          value={member.role}
          onChange={({ target }) => onRole(member, MemberRole.parse(target.value))}
        >
          {MemberRole.options.map((role) => (
            <option key={role} value={role}>
              {roleWords[role]}
            </option>
          ))}
        </select>
      ) : (
        roleWords[member.role]
      ),
  },
  { header: "Since", cell: ({ joinedAt }) => <CalendarDate at={joinedAt} /> },
  ...(mayWrite
    ? [
        {
          header: "Action",
          kind: "action" as const,
          cell: (member: Member) =>
            member.userId === myId ? null : (
              <Button small aria-label={`Remove ${member.name}`} onClick={() => onRemove(member)}>
                Remove
              </Button>
            ),
        },
      ]
    : []),
];

/** Who belongs to the organization, their roles, and the way to change either. */
export const MembersSection = (): ReactElement => {
  const { me, organization, whyNot } = useMembership();
  const [removing, setRemoving] = useState<Member | null>(null);
  const list = useSuspenseInfiniteQuery(queries.members());
  const changeRole = useMutation({
    mutationFn: ({ userId, role }: Pick<Member, "userId" | "role">) =>
      api.members.changeRole.mutate({ userId, role }),
  });
  const remove = useMutation({
    mutationFn: (userId: string) => api.members.remove.mutate({ userId }),
    onSuccess: () => setRemoving(null),
  });
  const mayNotWrite = whyNot("members:write");
  return (
    <Section title="Members">
      <Table
        caption="Members"
        columns={columns({
          myId: me.id,
          mayWrite: mayNotWrite === null,
          onRole: ({ userId }, role) => changeRole.mutate({ userId, role }),
          onRemove: setRemoving,
        })}
        rows={list.data.pages.flatMap(({ items }) => items)}
        rowKey={({ userId }) => userId}
      />
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
      <Failure error={changeRole.error} />
      {mayNotWrite !== null && <p className="quiet small">Changing members: {mayNotWrite}</p>}
      {removing && (
        <ConfirmDialog
          title={`Remove ${removing.name}?`}
          effect={
            <p>
              {removing.name} no longer sees anything of {organization.name}. Seats on their
              computers stay: the license key is what holds them.
            </p>
          }
          confirmLabel="Remove member"
          busy={remove.isPending}
          failure={<Failure error={remove.error} />}
          onConfirm={() => remove.mutate(removing.userId)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Section>
  );
};
