import type { ReactElement, ReactNode } from "react";
import { Link } from "react-router";
import { Mark } from "../page.tsx";

/** The mark and the app's name, as a link to where the app begins. */
export const Brand = ({
  app,
  home,
}: {
  readonly app: string;
  readonly home: string;
}): ReactElement => (
  <Link to={home} className="brand">
    <Mark />
    {app}
  </Link>
);

/** The frame of the pages without navigation: one narrow card. */
export const EntryCard = ({
  app,
  home,
  title,
  children,
  below,
}: {
  readonly app: string;
  readonly home: string;
  readonly title: string;
  readonly children: ReactNode;
  /** Other ways to go on, under the card. */
  readonly below?: ReactNode;
}): ReactElement => (
  <main className="entry">
    <title>{`${title} · ${app}`}</title>
    <Brand app={app} home={home} />
    <div className="card stack">
      <h1>{title}</h1>
      {children}
    </div>
    {below && <div className="entry-below">{below}</div>}
  </main>
);
