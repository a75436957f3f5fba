import { CalendarDate, Notice, Page, Section, Skeleton, buttonClass } from "@latchkey/ui";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useParams } from "react-router";
import { forMember } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { LicenseKey } from "../components/license-key.tsx";
import { paths } from "../paths.ts";

export const loader = forMember(({ params }) =>
  queryClient.ensureQueryData(queries.checkout(params["checkoutSessionId"] ?? "")),
);

/** Where the payment page, or a trial, ends: the key, as soon as the payment is confirmed. */
export const Component = (): ReactElement => {
  const { checkoutSessionId = "" } = useParams();
  const { data: checkout } = useSuspenseQuery(queries.checkout(checkoutSessionId));

  if (checkout.status === "expired") {
    return (
      <Page title="This checkout has ended">
        <Notice
          tone="notice"
          action={
            <Link className={buttonClass({ variant: "primary" })} to={paths.plans()}>
              See plans
            </Link>
          }
        >
          It was not paid by <CalendarDate at={checkout.expiresAt} />. Nothing was charged; choose
          the plan again.
        </Notice>
      </Page>
    );
  }
  if (checkout.status === "open") {
    return (
      <Page title="Waiting for your payment">
        <Notice>
          The payment provider has not confirmed it yet. This page goes on by itself; the key comes
          by mail as well, so you may close it.
        </Notice>
        <Skeleton rows={2} />
      </Page>
    );
  }
  const { licenseId, licenseKey } = checkout;
  return (
    <Page title="Your license is ready" lead="Thank you. We sent the key to you by mail as well.">
      {licenseKey !== undefined && (
        <Section title="License key">
          <LicenseKey licenseKey={licenseKey} />
          <p className="quiet">
            Keep it within your team: whoever has it can take one of your seats.
          </p>
        </Section>
      )}
      <Section title="What now">
        <ol className="steps">
          <li>Open the app on your computer.</li>
          <li>Paste the key when it asks for one, in any form.</li>
          <li>Start working. The seat comes back by itself when you quit.</li>
        </ol>
        {licenseId !== undefined && (
          <div>
            <Link className={buttonClass({ variant: "primary" })} to={paths.license(licenseId)}>
              See who holds its seats
            </Link>
          </div>
        )}
      </Section>
    </Page>
  );
};
