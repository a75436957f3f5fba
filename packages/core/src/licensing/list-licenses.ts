import type { License, LicenseStatus } from "@latchkey/contracts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { describeLicenses } from "./answer-shapes.ts";
import * as licenseStore from "./license-store.ts";
import type { LicenseInUse } from "./license-store.ts";
import { noSuchLicense } from "./load-license.ts";

export const positionOf = ({ license }: LicenseInUse) => ({
  at: license.createdAt,
  id: license.id,
});

/** The licenses of the member's organization, newest first. Throws FORBIDDEN, BAD_REQUEST. */
export const listLicenses =
  (deps: VerbDeps) =>
  async (
    call: Call,
    {
      limit,
      cursor,
      status,
    }: { limit: number; cursor?: string | undefined; status?: LicenseStatus | undefined },
  ): Promise<{ items: License[]; nextCursor: string | null }> => {
    authorizeMember(call, "licenses:read");
    const after = readCursor(cursor);
    return inTransaction(deps.database, call, async (tx) => {
      const rows = await licenseStore.listLicenses(tx, { status, after, limit: limit + 1 });
      const page = toPage(rows, limit, positionOf, (row) => row);
      return { ...page, items: await describeLicenses(deps, tx, call, page.items) };
    });
  };

/** One license of the member's organization. Throws FORBIDDEN, NOT_FOUND. */
export const getLicense =
  (deps: VerbDeps) =>
  async (call: Call, { licenseId }: { licenseId: string }): Promise<License> => {
    authorizeMember(call, "licenses:read");
    return inTransaction(deps.database, call, async (tx) => {
      const row = await licenseStore.findLicenseInUse(tx, licenseId);
      const [license] = row ? await describeLicenses(deps, tx, call, [row]) : [];
      if (license) return license;
      throw noSuchLicense();
    });
  };
