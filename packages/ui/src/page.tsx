import { useId } from "react";
import type { ReactElement, ReactNode } from "react";

/** The mark of Latchkey: a key whose bow is a latch. */
export const Mark = (): ReactElement => (
  <svg viewBox="0 0 32 32" aria-hidden="true">
    <rect width="32" height="32" rx="8" fill="currentColor" />
    <g fill="none" stroke="var(--card)" strokeWidth="3" strokeLinecap="round">
      <circle cx="11.5" cy="16" r="4.5" />
      <path d="M16.5 16H26M22 16v5" />
    </g>
  </svg>
);

/** The frame of an app: brand, navigation and account on a rail, the page beside it. */
export const Shell = ({
  brand,
  nav,
  account,
  children,
}: {
  readonly brand: ReactNode;
  /** The list of links. */
  readonly nav: ReactNode;
  readonly account: ReactNode;
  readonly children: ReactNode;
}): ReactElement => (
  <div className="shell">
    <a className="skip-link" href="#main">
      Skip to the content
    </a>
    <header className="rail">
      {brand}
      <nav aria-label="Main">{nav}</nav>
      <div className="rail-end">{account}</div>
    </header>
    <main id="main" tabIndex={-1} className="shell-main">
      {children}
    </main>
  </div>
);

/** One page: its title, which is also the document's, what it is for, and what can be done on it. */
export const Page = ({
  title,
  lead,
  actions,
  wide = false,
  children,
}: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}): ReactElement => (
  <div className={wide ? "page page-wide" : "page"}>
    <title>{`${title} · Latchkey`}</title>
    <div className="page-head">
      <div>
        <h1>{title}</h1>
        {lead && <div className="lead">{lead}</div>}
      </div>
      {actions && <div className="row">{actions}</div>}
    </div>
    {children}
  </div>
);

/** A part of a page under its own heading, named by it. */
export const Section = ({
  title,
  id,
  aside,
  children,
}: {
  readonly title: string;
  /** What a link to this part ends with. */
  readonly id?: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}): ReactElement => {
  const headingId = useId();
  return (
    <section className="card section" aria-labelledby={headingId} {...(id && { id })}>
      <div className="section-head">
        <h2 id={headingId}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
};
