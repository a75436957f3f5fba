import { Button } from "@latchkey/ui";
import type { ReactElement, ReactNode } from "react";
import { useNavigate } from "react-router";
import type { FormValues } from "./ask-form.tsx";

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
        const data = new FormData(event.currentTarget);
        void navigate(
          addressOf((name) => {
            const value = data.get(name);
            return typeof value === "string" ? value.trim() : "";
          }),
        );
      }}
    >
      {children}
      <Button type="submit">Filter</Button>
    </form>
  );
};
