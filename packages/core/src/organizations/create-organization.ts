import type { Organization, organizationsContract } from "@latchkey/contracts";
import type { z } from "zod";
import { authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { makeOrganization } from "./make-organization.ts";
import { asHouse } from "./scopes.ts";

/**
 * Makes an organization with the caller as its owner; each call makes another one. The sign-in has to
 * be told that it is the active one now.
 */
export const createOrganization =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { name }: z.output<typeof organizationsContract.create.input>,
  ): Promise<Organization> => {
    const { userId } = authorizeUser(call);
    return inTransaction(database, asHouse(call, "create-organization"), (tx) =>
      makeOrganization(tx, call, { name, ownerId: userId }),
    );
  };
