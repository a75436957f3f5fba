import { seatTiming } from "@latchkey/contracts";
import type { AdminLicense, StaffPermission } from "@latchkey/contracts";
import { Button, ConfirmDialog, Notice, Section, TextField } from "@latchkey/ui";
import { api, Failure } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useWhyNot } from "../api/staff.ts";

interface Action {
  readonly label: string;
  readonly permission: StaffPermission;
  /** Why the license's state rules it out, or null. */
  readonly ruledOut: string | null;
  readonly effect: string;
  /** Whether the key's ending must be typed, since there is no way back. */
  readonly final: boolean;
  readonly done: string;
  readonly ask: (input: { licenseId: string; reason: string }) => Promise<unknown>;
}

/** How soon a desktop learns what happened to its session. */
const heartbeatMinutes = seatTiming.heartbeatSeconds / 60;

const sessionsOf = (count: number): string =>
  count === 1 ? "ends the 1 session now held" : `ends the ${count} sessions now held`;

const actionsFor = ({ status, seats, organization, key }: AdminLicense): readonly Action[] => {
  const gone = status === "revoked" ? "It was revoked." : null;
  const people = `${organization.name} is told at the next heartbeat, within ${heartbeatMinutes} minutes, and asked to save.`;
  return [
    {
      label: "Suspend",
      permission: "staff:support",
      ruledOut: gone ?? (status === "suspended" ? "It is suspended." : null),
      effect: `This ${sessionsOf(seats.used)} and lets nobody take a seat until it is reinstated. ${people}`,
      final: false,
      done: "The license is suspended.",
      ask: api.admin.licenses.suspend.mutate,
    },
    {
      label: "Reinstate",
      permission: "staff:support",
      ruledOut: gone ?? (status === "suspended" ? null : "It is not suspended."),
      effect: "Desktops may take seats again at once, as far as what is paid allows.",
      final: false,
      done: "The suspension is lifted.",
      ask: api.admin.licenses.reinstate.mutate,
    },
    {
      label: "Rotate key",
      permission: "staff:support",
      ruledOut: gone,
      effect: `The key ending in ${key.slice(-4)} stops at once for everybody, and the new one goes to the owners by mail. Machines and sessions stay.`,
      final: false,
      done: "The key is replaced; the new one is on its way to the owners.",
      ask: api.admin.licenses.rotateKey.mutate,
    },
    {
      label: "Revoke",
      permission: "staff:admin",
      ruledOut: gone,
      effect: `This ${sessionsOf(seats.used)} and withdraws the license for good: there is no way back. ${people}`,
      final: true,
      done: "The license is revoked.",
      ask: api.admin.licenses.revoke.mutate,
    },
  ];
};

/** What staff can do to a license, each with its effect and a reason for the audit trail. */
export const LicenseActions = ({ license }: { readonly license: AdminLicense }): ReactElement => {
  const whyNot = useWhyNot();
  const [chosen, setChosen] = useState<Action | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const act = useMutation({
    mutationFn: ({ ask }: Action) => ask({ licenseId: license.id, reason: reason.trim() }),
    onSuccess: (_answer, action) => {
      setDone(action.done);
      setChosen(null);
    },
  });
  const ending = license.key.slice(-4);
  const choose = (action: Action) => {
    act.reset();
    setReason("");
    setTried(false);
    setDone(null);
    setChosen(action);
  };
  return (
    <Section title="Actions">
      {done !== null && <Notice tone="good">{done}</Notice>}
      <div className="row actions">
        {actionsFor(license).map((action) => (
          <Button
            key={action.label}
            variant={action.final ? "danger" : "secondary"}
            onClick={() => choose(action)}
            unavailableBecause={whyNot(action.permission) ?? action.ruledOut}
          >
            {action.label}…
          </Button>
        ))}
      </div>
      {chosen && (
        <ConfirmDialog
          title={`${chosen.label} this license?`}
          effect={<p>{chosen.effect}</p>}
          {...(chosen.final && {
            typed: { label: `Type ${ending}, the end of the key, to go on`, phrase: ending },
          })}
          confirmLabel={chosen.label}
          busy={act.isPending}
          failure={<Failure error={act.error} />}
          onConfirm={() => {
            setTried(true);
            if (reason.trim() !== "") act.mutate(chosen);
          }}
          onClose={() => setChosen(null)}
        >
          <TextField
            label="Reason"
            hint="The audit trail keeps it."
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.target.value)}
            error={tried && reason.trim() === "" ? "Say why, for whoever looks it up later." : null}
          />
        </ConfirmDialog>
      )}
    </Section>
  );
};
