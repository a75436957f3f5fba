import type { UseMutationResult } from "@tanstack/react-query";
import type { ReactElement, ReactNode } from "react";
import { Button } from "../button.tsx";
import { Failure } from "./failure.tsx";

/** The values of a form's fields; a file, of which we have none, counts as empty. */
export type FormValues = (name: string) => string;

/** What stands in a form now, by the names of its fields. */
export const valuesOf = (form: HTMLFormElement): FormValues => {
  const data = new FormData(form);
  return (name) => {
    const value = data.get(name);
    return typeof value === "string" ? value : "";
  };
};

/** A form that asks the server one thing: its fields, what went wrong last time, and one button. */
export const AskForm = <Data, Failed>({
  ask,
  submit,
  unavailableBecause = null,
  clearAfter = false,
  beside = null,
  children,
}: {
  readonly ask: Pick<UseMutationResult<Data, Failed, FormValues>, "mutate" | "isPending" | "error">;
  readonly submit: string;
  readonly unavailableBecause?: string | null;
  /** Empties the fields once the server has agreed, for a form that is filled in again and again. */
  readonly clearAfter?: boolean;
  /** Another way out, next to the button. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}): ReactElement => (
  <form
    className="form"
    onSubmit={(event) => {
      event.preventDefault();
      const form = event.currentTarget;
      ask.mutate(valuesOf(form), {
        onSuccess: () => clearAfter && form.reset(),
      });
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
