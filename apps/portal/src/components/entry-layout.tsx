import { Mark } from "@latchkey/ui";
import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";
import { paths } from "../paths.ts";

/** The frame of the pages that one sees before being signed in: one narrow card. */
export const EntryLayout = ({
  title,
  children,
  below,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** Other ways to go on, under the card. */
  readonly below?: ReactNode;
}): ReactElement => (
  <main className="entry">
    <title>{`${title} · Latchkey`}</title>
    <Link to={paths.home()} className="brand">
      <Mark />
      Latchkey
    </Link>
    <div className="card stack">
      <h1>{title}</h1>
      {children}
    </div>
    {below && <div className="entry-below">{below}</div>}
  </main>
);
