import { DomainError } from "@latchkey/contracts";
import type { StaffRole } from "@latchkey/contracts";
import { audit } from "../audit/audit.ts";
import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import * as peopleStore from "./people-store.ts";

/** Makes a person staff, or gives them another staff role; commands alone may. Throws FORBIDDEN, NOT_FOUND. */
export const appointStaff =
  ({ database }: OrganizationsDeps) =>
  async (call: Call, { userId, role }: { userId: string; role: StaffRole }): Promise<void> => {
    authorizeSystem(call);
    await inTransaction(database, call, async (tx) => {
      if (!(await peopleStore.lockUser(tx, userId))) throw new DomainError("NOT_FOUND", {});
      const before = await peopleStore.findStaff(tx, userId);
      if (before?.role === role) return;
      await peopleStore.putStaff(tx, { userId, role });
      await audit(tx, call, {
        action: "staff.appoint",
        target: { kind: "user", id: userId },
        organizationId: null,
        ...(before && { before: { role: before.role } }),
        after: { role },
      });
    });
  };
