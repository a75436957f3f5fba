import { EmptyState, Page, buttonClass } from "@latchkey/ui";
import type { ReactElement } from "react";
import { Link, useRouteError } from "react-router";
import { problemOf } from "../api/explain.ts";
import { paths } from "../paths.ts";
import { Failure } from "./failure.tsx";

const NotFound = (): ReactElement => (
  <Page title="Nothing here">
    <EmptyState
      title="There is nothing at this address"
      action={
        <Link className={buttonClass({ variant: "primary" })} to={paths.home()}>
          See your licenses
        </Link>
      }
    >
      The link may be mistyped, or lead to something that was removed or that belongs to another of
      your organizations.
    </EmptyState>
  </Page>
);

/** What stands where a page could not be shown; the frame around it stays. */
export const PageFailure = (): ReactElement => {
  const error = useRouteError();
  if (problemOf(error)?.code === "NOT_FOUND") return <NotFound />;
  return (
    <Page title="This page could not be shown">
      <Failure error={error} onRetry={() => window.location.reload()} />
    </Page>
  );
};

/** The same where there is no frame. */
export const BarePageFailure = (): ReactElement => (
  <main className="entry">
    <PageFailure />
  </main>
);

/** For an address that leads to no page. */
export const BareNotFound = (): ReactElement => (
  <main className="entry">
    <NotFound />
  </main>
);
