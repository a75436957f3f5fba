import { AdminLicense } from "@latchkey/contracts";
import type { LicenseStatus } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { authorizeStaff } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction, joining } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describeLicenses } from "./answer-shapes.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseInUse } from "./license-store.ts";
import { positionOf } from "./list-licenses.ts";
import { noSuchLicense } from "./load-license.ts";
import { searchLicenses } from "./search-store.ts";

/** Licenses as staff see them: with the names of their organizations. */
const describeToStaff = async (
  deps: VerbDeps,
  tx: Tx,
  call: Call,
  rows: readonly LicenseInUse[],
): Promise<AdminLicense[]> => {
  const described = await describeLicenses(deps, tx, call, rows);
  const owners = await deps.organizations.describeOrganizations(joining(call, tx), [
    ...new Set(rows.map(({ license }) => license.organizationId)),
  ]);
  return described.map((license) => {
    const owner = owners.get(license.organizationId);
    if (!owner) throw new Error(`The organization of license ${license.id} is missing.`);
    return AdminLicense.parse({ ...license, organization: { id: owner.id, name: owner.name } });
  });
};

/** One license as staff see it, inside a transaction. Throws NOT_FOUND. */
export const getForStaff = async (
  deps: VerbDeps,
  tx: Tx,
  call: Call,
  licenseId: string,
): Promise<AdminLicense> => {
  const row = await licenseStore.findLicenseInUse(tx, licenseId);
  const [license] = row ? await describeToStaff(deps, tx, call, [row]) : [];
  if (license) return license;
  throw noSuchLicense();
};

/** Every license, newest first. Throws FORBIDDEN, BAD_REQUEST. */
export const listAllLicenses =
  (deps: VerbDeps) =>
  async (
    call: Call,
    input: {
      limit: number;
      cursor?: string | undefined;
      status?: LicenseStatus | undefined;
      q?: string | undefined;
    },
  ): Promise<{ items: AdminLicense[]; nextCursor: string | null }> => {
    authorizeStaff(call, "staff:read");
    const { limit, cursor, status, q } = input;
    const after = readCursor(cursor);
    return inTransaction(deps.database, call, async (tx) => {
      const rows = await searchLicenses(tx, { q, status, after, limit: limit + 1 });
      const page = toPage(rows, limit, positionOf, (row) => row);
      return { ...page, items: await describeToStaff(deps, tx, call, page.items) };
    });
  };

/** One license of any organization. Throws FORBIDDEN, NOT_FOUND. */
export const getAnyLicense =
  (deps: VerbDeps) =>
  async (call: Call, { licenseId }: { licenseId: string }): Promise<AdminLicense> => {
    authorizeStaff(call, "staff:read");
    return inTransaction(deps.database, call, (tx) => getForStaff(deps, tx, call, licenseId));
  };
