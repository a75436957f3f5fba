import { Button, Dialog, Field, SelectField } from "@latchkey/ui";
import { api, AskForm } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { ReactElement } from "react";
import { useWhyNot } from "../api/staff.ts";

const hourMs = 60 * 60 * 1000;
const CHOSEN = "chosen";

const steps = [
  { ms: hourMs, label: "1 hour" },
  { ms: 24 * hourMs, label: "1 day" },
  { ms: 7 * 24 * hourMs, label: "7 days" },
  { ms: 14 * 24 * hourMs, label: "14 days, a trial" },
  { ms: 31 * 24 * hourMs, label: "31 days, over a month’s renewal" },
  { ms: 366 * 24 * hourMs, label: "366 days, over a year’s renewal" },
];

/** Moves the sandbox's time forward, by a step or to an instant. */
export const AdvanceClock = ({
  now,
  onClose,
}: {
  readonly now: string;
  readonly onClose: () => void;
}): ReactElement => {
  const whyNot = useWhyNot();
  const [step, setStep] = useState(String(24 * hourMs));
  const advance = useMutation({
    mutationFn: (values: FormValues) => {
      const target = step === CHOSEN ? new Date(values("instant")) : Date.parse(now) + Number(step);
      return api.sandbox.advanceClock.mutate({ advanceTo: new Date(target).toISOString() });
    },
    onSuccess: onClose,
  });
  return (
    <Dialog title="Advance the sandbox’s clock" onClose={onClose}>
      <p>
        Everything that falls due until then is done first, in its order: trials and licenses end,
        sessions that are not renewed expire, mails go out. The clock never goes back.
      </p>
      <AskForm
        ask={advance}
        submit="Advance"
        beside={<Button onClick={onClose}>Cancel</Button>}
        unavailableBecause={whyNot("staff:admin")}
      >
        <SelectField label="By" value={step} onChange={(event) => setStep(event.target.value)}>
          {steps.map(({ ms, label }) => (
            <option key={ms} value={ms}>
              {label}
            </option>
          ))}
          <option value={CHOSEN}>To a date and time…</option>
        </SelectField>
        {step === CHOSEN && (
          <Field
            label="Date and time, in your zone"
            name="instant"
            type="datetime-local"
            required
          />
        )}
      </AskForm>
    </Dialog>
  );
};
