import { Button } from "@latchkey/ui";
import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { Failure } from "./failure.tsx";

/** The values of a form's fields; a file, of which we have none, counts as empty. */
export type FormValues = (name: string) => string;

const valuesOf =
  (data: FormData): FormValues =>
  (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };

/** A form that asks the server one thing: its fields, what went wrong last time, and one button. */
export const AskForm = <Data, Failed>({
  ask,
  submit,
  unavailableBecause = null,
  beside = null,
  children,
}: {
  readonly ask: Pick<UseMutationResult<Data, Failed, FormValues>, "mutate" | "isPending" | "error">;
  readonly submit: string;
  readonly unavailableBecause?: string | null;
  /** Another way out, next to the button. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}): ReactElement => (
  <form
    className="form"
    onSubmit={(event) => {
      event.preventDefault();
      ask.mutate(valuesOf(new FormData(event.currentTarget)));
    }}
  >
    {children}
    <Failure error={ask.error} />
    <div className="row">
      <Button
        type="submit"
        variant="primary"
        busy={ask.isPending}
        unavailableBecause={unavailableBecause}
      >
        {submit}
      </Button>
      {beside}
    </div>
  </form>
);
