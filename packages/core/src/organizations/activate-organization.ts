import { DomainError } from "@latchkey/contracts";
import type { Organization, organizationsContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toOrganization } from "./describe.ts";
import { asPerson } from "./as-person.ts";
import * as organizationStore from "./organization-store.ts";

/**
 * Checks that the caller is a member and answers the organization; the sign-in keeps which one is
 * active and has to be told. Throws NOT_FOUND, also for an organization of others.
 */
export const activateOrganization =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { organizationId }: z.output<typeof organizationsContract.activate.input>,
  ): Promise<Organization> => {
    const { userId } = authorizeUser(call);
    const found = await inTransaction(database, asPerson(call, userId), (tx) =>
      organizationStore.findOrganizationOf(tx, { userId, organizationId }),
    );
    if (found) return toOrganization(found.organization, found.role);
    throw new DomainError(
      "NOT_FOUND",
      { remedy: "List your organizations to see which ones you can choose." },
      "You are in no organization with this id.",
    );
  };
