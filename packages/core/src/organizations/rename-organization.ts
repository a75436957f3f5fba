import { DomainError } from "@latchkey/contracts";
import type { Organization, organizationsContract } from "@latchkey/contracts";
import type { z } from "zod";
import { audit } from "../audit/audit.ts";
import { authorizeMember } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toOrganization } from "./describe.ts";
import * as organizationStore from "./organization-store.ts";

/** Renames the organization; its slug stays, so that links keep working. Throws FORBIDDEN, NOT_FOUND. */
export const renameOrganization =
  ({ database }: OrganizationsDeps) =>
  async (
    call: Call,
    { name }: z.output<typeof organizationsContract.rename.input>,
  ): Promise<Organization> => {
    const { organizationId, role } = authorizeMember(call, "organization:write");
    return inTransaction(database, call, async (tx) => {
      const before = await organizationStore.lockOrganization(tx, organizationId);
      if (!before) throw new DomainError("NOT_FOUND", {});
      if (before.name === name) return toOrganization(before, role);
      await organizationStore.renameOrganization(tx, organizationId, name);
      await audit(tx, call, {
        action: "organization.rename",
        target: { kind: "organization", id: organizationId },
        organizationId,
        before: { name: before.name },
        after: { name },
      });
      return toOrganization({ ...before, name }, role);
    });
  };
