import type { Organization, organizationsContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { readCursor, toPage } from "../page.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toOrganization } from "./describe.ts";
import { asPerson } from "./as-person.ts";
import * as organizationStore from "./organization-store.ts";

/** The caller's organizations, first joined first. Throws BAD_REQUEST for a made-up cursor. */
export const listOrganizations =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { limit, cursor }: z.output<typeof organizationsContract.list.input>,
  ): Promise<{ items: Organization[]; nextCursor: string | null }> => {
    const { userId } = authorizeUser(call);
    const after = readCursor(cursor);
    const rows = await inTransaction(database, asPerson(call, userId), (tx) =>
      organizationStore.listOrganizationsOf(tx, userId, { after, limit: limit + 1 }),
    );
    return toPage(
      rows,
      limit,
      ({ joinedAt, organization }) => ({ at: joinedAt, id: organization.id }),
      ({ organization, role }) => toOrganization(organization, role),
    );
  };
