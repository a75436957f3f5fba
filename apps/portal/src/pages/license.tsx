import type { License } from "@latchkey/contracts";
import { CalendarDate, Instant, Notice, Page } from "@latchkey/ui";
import { LicenseStatus } from "@latchkey/ui/web";
import { useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useParams } from "react-router";
import { forMember } from "../api/member.ts";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { KeySection } from "../components/key-section.tsx";
import { LicenseFileSection } from "../components/license-file-section.tsx";
import { licenseWords, machineWords } from "../words.ts";
import { MachinesSection } from "../components/machines-section.tsx";
import { SeatsSection } from "../components/seats-section.tsx";

export const loader = forMember(async ({ params }) => {
  const licenseId = params["licenseId"] ?? "";
  const license = await queryClient.ensureQueryData(queries.license(licenseId));
  await Promise.all([
    queryClient.ensureInfiniteQueryData(queries.sessions(licenseId)),
    queryClient.ensureInfiniteQueryData(queries.machines(licenseId)),
  ]);
  return license;
});

/** Why the app does not run by this license, who can mend that, and what to do now. */
const StandingNotice = ({ status, expiresAt, graceEndsAt }: License): ReactElement | null => {
  switch (status) {
    case "active":
      return null;
    case "past_due":
      return (
        <Notice tone="notice">
          <strong>A payment is overdue.</strong> Everything works
          {graceEndsAt !== null && (
            <>
              {" "}
              until <CalendarDate at={graceEndsAt} />
            </>
          )}
          . An owner or somebody with the role billing can pay.
        </Notice>
      );
    case "suspended":
      return (
        <Notice tone="bad">
          <strong>This license is suspended.</strong> Apps cannot take a seat until it is lifted;
          ask the vendor why.
        </Notice>
      );
    case "expired":
      return (
        <Notice tone="notice">
          <strong>
            This license ended
            {expiresAt !== null && (
              <>
                {" "}
                on <CalendarDate at={expiresAt} />
              </>
            )}
            .
          </strong>{" "}
          Your files stay yours. Choose a plan to go on.
        </Notice>
      );
    case "revoked":
      return (
        <Notice tone="bad">
          <strong>The vendor withdrew this license.</strong> It cannot be brought back; choose a
          plan to get a new one.
        </Notice>
      );
  }
};

export const Component = (): ReactElement => {
  const { licenseId = "" } = useParams();
  const { data: license } = useSuspenseQuery(queries.license(licenseId));
  const { product, plan, trial, expiresAt, seats, machines, createdAt } = license;
  return (
    <Page
      title={`${product.name} ${plan.name}`}
      lead={<LicenseStatus status={license.status} trial={trial} words={licenseWords} />}
    >
      <StandingNotice {...license} />
      <dl className="facts">
        <div>
          <dt>Seats in use</dt>
          <dd>
            <a href="#seats">
              {seats.used} of {seats.max}
            </a>
          </dd>
        </div>
        <div>
          <dt>{machineWords.many}</dt>
          <dd>
            <a href="#computers">
              {machines.used}
              {machines.max !== null && ` of ${machines.max}`}
            </a>
          </dd>
        </div>
        <div>
          <dt>{trial ? "Trial ends" : "Valid until"}</dt>
          <dd>{expiresAt === null ? "No end" : <CalendarDate at={expiresAt} />}</dd>
        </div>
        <div>
          <dt>Since</dt>
          <dd>
            <Instant at={createdAt} />
          </dd>
        </div>
      </dl>
      <KeySection license={license} />
      <SeatsSection license={license} />
      <MachinesSection license={license} />
      <LicenseFileSection license={license} />
    </Page>
  );
};
