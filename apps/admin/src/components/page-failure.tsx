import { EmptyState, Page, buttonClass } from "@latchkey/ui";
import type { ReactElement } from "react";
import { Link, useRouteError } from "react-router";
import { problemOf } from "../api/explain.ts";
import { paths } from "../paths.ts";
import { Entry } from "./entry.tsx";
import { Failure } from "./failure.tsx";

const NotFound = (): ReactElement => (
  <Page title="Nothing here">
    <EmptyState
      title="There is nothing at this address"
      action={
        <Link className={buttonClass({ variant: "primary" })} to={paths.licenses()}>
          See all licenses
        </Link>
      }
    >
      The id may be mistyped, or belong to something that was removed.
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
  <Entry title="The admin app could not be shown">
    <Failure error={useRouteError()} onRetry={() => window.location.reload()} />
  </Entry>
);

/** For an address that leads to no page. */
export const BareNotFound = (): ReactElement => (
  <main className="entry">
    <NotFound />
  </main>
);
