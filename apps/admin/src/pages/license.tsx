import type { AdminLicense } from "@latchkey/contracts";
import { CalendarDate, CopyButton, Instant, Page, Section } from "@latchkey/ui";
import { LicenseStatus } from "@latchkey/ui/web";
import { useSuspenseInfiniteQuery, useSuspenseQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Link, useParams } from "react-router";
import { queries } from "../api/queries.ts";
import { queryClient } from "../api/query-client.ts";
import { forStaff } from "../api/staff.ts";
import { auditColumns } from "../components/audit-columns.tsx";
import { LicenseActions } from "../components/license-actions.tsx";
import { licenseWords } from "../words.ts";
import { List } from "../components/list.tsx";
import { paths } from "../paths.ts";

export const loader = forStaff(async ({ params }) => {
  const licenseId = params["licenseId"] ?? "";
  const license = await queryClient.ensureQueryData(queries.license(licenseId));
  await queryClient.ensureInfiniteQueryData(queries.audit({ targetId: licenseId }));
  return license;
});

const Facts = ({ license }: { readonly license: AdminLicense }): ReactElement => {
  const { id, organization, plan, seats, machines, expiresAt, graceEndsAt, createdAt } = license;
  const rows: readonly (readonly [string, ReactElement | string])[] = [
    [
      "Organization",
      <Link key="link" to={paths.licenses({ q: organization.name })}>
        {organization.name}
      </Link>,
    ],
    ["Plan", `${plan.name}, version ${plan.version}`],
    ["Seats in use", `${seats.used} of ${seats.max}`],
    [
      "Machines",
      machines.max === null ? `${machines.used}` : `${machines.used} of ${machines.max}`,
    ],
    ["Expires", expiresAt === null ? "Never" : <CalendarDate key="expires" at={expiresAt} />],
    ...(graceEndsAt === null
      ? []
      : [["Grace ends", <CalendarDate key="grace" at={graceEndsAt} />] as const]),
    ["Created", <Instant key="created" at={createdAt} />],
    ["Key", <code key="key">{license.key}</code>],
    [
      "Id",
      <span key="id" className="row">
        <code>{id}</code>
        <CopyButton text={id} />
      </span>,
    ],
  ];
  return (
    <dl className="facts card">
      {rows.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

export const Component = (): ReactElement => {
  const { licenseId = "" } = useParams();
  const { data: license } = useSuspenseQuery(queries.license(licenseId));
  const history = useSuspenseInfiniteQuery(queries.audit({ targetId: licenseId }));
  return (
    <Page
      title={`${license.organization.name}: ${license.product.name} ${license.plan.name}`}
      lead={<LicenseStatus status={license.status} trial={license.trial} words={licenseWords} />}
      wide
    >
      <Facts license={license} />
      <LicenseActions license={license} />
      <Section title="History">
        <List caption="History" columns={auditColumns} list={history} clearFilters={null}>
          What happens to this license is recorded here.
        </List>
      </Section>
    </Page>
  );
};
