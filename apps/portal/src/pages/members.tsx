import { Page } from "@latchkey/ui";
import type { ReactElement } from "react";
import { forMember, useMembership } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { InvitationsSection } from "../components/invitations-section.tsx";
import { LeaveSection } from "../components/leave-section.tsx";
import { MembersSection } from "../components/members-section.tsx";
import { RenameOrganization } from "../forms/rename-organization.tsx";

export const loader = forMember(async () => {
  await Promise.all([
    queryClient.ensureInfiniteQueryData(queries.members()),
    queryClient.ensureInfiniteQueryData(queries.invitations()),
  ]);
  return null;
});

export const Component = (): ReactElement => {
  const { organization } = useMembership();
  return (
    <Page title="Members" lead={`Who belongs to ${organization.name}, and what each may do.`}>
      <MembersSection />
      <InvitationsSection />
      <RenameOrganization key={organization.id} />
      <LeaveSection />
    </Page>
  );
};
