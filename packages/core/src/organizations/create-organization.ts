import type { Organization, organizationsContract } from "@latchkey/contracts";
import type { z } from "zod";
import { asSystem, authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { makeOrganization } from "./make-organization.ts";

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
    return inTransaction(database, asSystem(call, "create-organization"), (tx) =>
      makeOrganization(tx, call, { name, ownerId: userId }),
    );
  };
