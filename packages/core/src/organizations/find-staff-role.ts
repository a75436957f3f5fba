import type { StaffRole } from "@latchkey/contracts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import * as peopleStore from "./people-store.ts";

/** The person's role among the vendor's staff, null for everybody else; read anew by each request. */
export const findStaffRole =
  ({ database }: OrganizationsDeps) =>
  (call: Call, userId: string): Promise<StaffRole | null> =>
    inTransaction(
      database,
      call,
      async (tx) => (await peopleStore.findStaff(tx, userId))?.role ?? null,
    );
