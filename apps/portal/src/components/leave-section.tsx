import { Button, ConfirmDialog, Section } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useMembership } from "../api/member.ts";
import { paths } from "../paths.ts";

/** The way out of the organization; the server keeps its last owner. */
export const LeaveSection = (): ReactElement => {
  const { organization } = useMembership();
  const [leaving, setLeaving] = useState(false);
  const leave = useMutation({
    mutationFn: () => api.members.leave.mutate({}),
    meta: { leavesPage: true },
    // Everything known belongs to the organization that is left: the page is loaded anew.
    onSuccess: () => window.location.assign(paths.home()),
  });
  return (
    <Section title={`Leave ${organization.name}`}>
      <div className="row row-spread">
        <p className="quiet">You can come back only by a new invitation.</p>
        <Button variant="danger" onClick={() => setLeaving(true)}>
          Leave…
        </Button>
      </div>
      {leaving && (
        <ConfirmDialog
          title={`Leave ${organization.name}?`}
          effect={
            <p>You no longer see its licenses and members. Its licenses go on as they are.</p>
          }
          confirmLabel="Leave"
          busy={leave.isPending}
          failure={<Failure error={leave.error} />}
          onConfirm={() => leave.mutate()}
          onClose={() => setLeaving(false)}
        />
      )}
    </Section>
  );
};
