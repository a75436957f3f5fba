import { MemberRole } from "@latchkey/contracts";
import type { Invitation } from "@latchkey/contracts";
import {
  Button,
  CalendarDate,
  Field,
  Instant,
  LoadMore,
  Notice,
  Section,
  SelectField,
  Table,
} from "@latchkey/ui";
import type { Column } from "@latchkey/ui";
import { api, AskForm, Failure } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation, useSuspenseInfiniteQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { roleWords } from "../words.ts";

const columns = (
  mayWrite: boolean,
  onRevoke: (invitation: Invitation) => void,
): readonly Column<Invitation>[] => [
  { header: "Invited", cell: ({ email }) => email },
  { header: "Role", cell: ({ role }) => role },
  { header: "Sent", cell: ({ invitedAt }) => <Instant at={invitedAt} /> },
  { header: "Ends", cell: ({ expiresAt }) => <Instant at={expiresAt} /> },
  ...(mayWrite
    ? [
        {
          header: "Action",
          kind: "action" as const,
          cell: (invitation: Invitation) => (
            <Button
              small
              aria-label={`Withdraw the invitation of ${invitation.email}`}
              onClick={() => onRevoke(invitation)}
            >
              Withdraw
            </Button>
          ),
        },
      ]
    : []),
];

/** The way to bring people in, and who has been asked and has not answered. */
export const InvitationsSection = (): ReactElement => {
  const { me, whyNot } = useMembership();
  const list = useSuspenseInfiniteQuery(queries.invitations());
  const invite = useMutation({
    mutationFn: (values: FormValues) =>
      api.members.invite.mutate({
        email: values("email"),
        role: MemberRole.parse(values("role")),
      }),
  });
  const revoke = useMutation({
    mutationFn: ({ id }: Invitation) => api.members.revokeInvitation.mutate({ invitationId: id }),
  });
  const mayNotWrite = whyNot("members:write");
  const mayNotInvite =
    mayNotWrite ?? (me.emailVerified ? null : "Confirm your mail address first.");
  const invitations = list.data.pages.flatMap(({ items }) => items);
  return (
    <Section title="Invite somebody">
      <AskForm ask={invite} submit="Send invitation" clearAfter unavailableBecause={mayNotInvite}>
        <div className="two-columns">
          <Field label="Mail address" name="email" type="email" autoComplete="off" required />
          <SelectField label="Role" name="role" defaultValue="member">
            {MemberRole.options.map((role) => (
              <option key={role} value={role}>
                {roleWords[role]}
              </option>
            ))}
          </SelectField>
        </div>
      </AskForm>
      {invite.isSuccess && (
        <Notice tone="good">
          An invitation is on its way to {invite.data.email}. The link in it works until{" "}
          <CalendarDate at={invite.data.expiresAt} />.
        </Notice>
      )}
      {invitations.length > 0 && (
        <Table
          caption="Open invitations"
          columns={columns(mayNotWrite === null, (invitation) => revoke.mutate(invitation))}
          rows={invitations}
          rowKey={({ id }) => id}
        />
      )}
      <LoadMore
        more={list.hasNextPage}
        busy={list.isFetchingNextPage}
        onLoad={() => void list.fetchNextPage()}
      />
      <Failure error={revoke.error} />
    </Section>
  );
};
