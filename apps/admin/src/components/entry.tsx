import { Mark } from "@latchkey/ui";
import type { ReactElement, ReactNode } from "react";

/** The frame of the pages without navigation: one narrow card. */
export const Entry = ({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ReactNode;
}): ReactElement => (
  <main className="entry">
    <title>{`${title} · Latchkey staff`}</title>
    <span className="brand">
      <Mark />
      Latchkey staff
    </span>
    <div className="card stack">
      <h1>{title}</h1>
      {children}
    </div>
  </main>
);
