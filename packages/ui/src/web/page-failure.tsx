import type { ReactElement, ReactNode } from "react";
import { useRouteError } from "react-router";
import { EmptyState } from "../feedback.tsx";
import { Page } from "../page.tsx";
import { Failure } from "./failure.tsx";
import { problemOf } from "./problem.ts";

/** For an address that leads nowhere: why that may be, and the way on. */
export const NotFound = ({
  action,
  children,
}: {
  readonly action: ReactNode;
  readonly children: ReactNode;
}): ReactElement => (
  <Page title="Nothing here">
    <EmptyState title="There is nothing at this address" action={action}>
      {children}
    </EmptyState>
  </Page>
);

/** What stands where a page could not be shown: `notFound` where what it shows is not there. */
export const FailedPage = ({ notFound }: { readonly notFound: ReactElement }): ReactElement => {
  const error = useRouteError();
  if (problemOf(error)?.code === "NOT_FOUND") return notFound;
  return (
    <Page title="This page could not be shown">
      <Failure error={error} onRetry={() => window.location.reload()} />
    </Page>
  );
};
