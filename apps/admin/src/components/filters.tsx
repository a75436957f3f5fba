import { Button, SelectField } from "@latchkey/ui";
import { valuesOf } from "@latchkey/ui/web";
import type { FormValues } from "@latchkey/ui/web";
import type { ReactElement, ReactNode } from "react";
import { useNavigate } from "react-router";

/** Filters that stand in the address: applying them goes to the list's address with them. */
export const Filters = ({
  label,
  addressOf,
  children,
}: {
  readonly label: string;
  readonly addressOf: (values: FormValues) => string;
  readonly children: ReactNode;
}): ReactElement => {
  const navigate = useNavigate();
  return (
    <form
      role="search"
      aria-label={label}
      className="filters"
      onSubmit={(event) => {
        event.preventDefault();
        const values = valuesOf(event.currentTarget);
        void navigate(addressOf((name) => values(name).trim()));
      }}
    >
      {children}
      <Button type="submit">Filter</Button>
    </form>
  );
};

/** The filter by status: any, or one of `options` in its words. */
export const StatusFilter = <Value extends string>({
  options,
  words,
  value,
}: {
  readonly options: readonly Value[];
  readonly words: Readonly<Record<Value, string>>;
  readonly value: Value | undefined;
}): ReactElement => (
  <SelectField label="Status" name="status" defaultValue={value ?? ""}>
    <option value="">Any</option>
    {options.map((status) => (
      <option key={status} value={status}>
        {words[status]}
      </option>
    ))}
  </SelectField>
);
