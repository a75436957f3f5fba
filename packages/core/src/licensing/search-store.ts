import type { LicenseStatus } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { licenses, organizations, planVersions, plans } from "@latchkey/db/schema";
import { sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import type { Position } from "../page.ts";
import * as licenseStore from "./license-store.ts";

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (symbol) => `\\${symbol}`);

/**
 * The one query that reads beyond this domain's tables: a page of licenses found by the names of their
 * organizations and plans cannot be cut from lists that two other domains give.
 */
const matches = (q: string): SQL => {
  const inside = `%${escapeLike(q)}%`;
  return sql`(
    ${licenses.keyLastFour} = upper(${q})
    or ${licenses.id}::text = lower(${q})
    or exists (
      select 1 from ${organizations}
      where ${organizations.id} = ${licenses.organizationId} and ${organizations.name} ilike ${inside})
    or exists (
      select 1 from ${planVersions} join ${plans} on ${plans.id} = ${planVersions.planId}
      where ${planVersions.id} = ${licenses.planVersionId}
        and (${plans.name} ilike ${inside} or ${plans.slug} ilike ${inside})))`;
};

/** Licenses whose organization, plan, key ending or id is `q`, newest first. */
export const searchLicenses = (
  tx: Tx,
  {
    q = "",
    ...rest
  }: {
    q?: string | undefined;
    status?: LicenseStatus | undefined;
    after: Position | null;
    limit: number;
  },
) => {
  const wanted = q.trim();
  return licenseStore.listLicenses(tx, {
    ...rest,
    where: wanted === "" ? undefined : matches(wanted),
  });
};
