import { UserId } from "@latchkey/contracts";
import type { Organization } from "@latchkey/contracts";
import { audit } from "../audit/audit.ts";
import { actingAs, asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { ensureInside } from "./ensure-organization-of.ts";
import type { Person } from "./ensure-organization-of.ts";

/** Tells the world of a new person and makes their organization; called once, when the row is made. */
export const recordSignUp =
  ({ database }: OrganizationsDeps) =>
  async (call: Call, person: Person): Promise<Organization | null> => {
    const { userId, email } = person;
    const signedUp = actingAs(call, { kind: "user", userId, email, emailVerified: false });
    return inTransaction(database, asSystem(call, "record-sign-up"), async (tx) => {
      await emit(tx, signedUp, {
        type: "user.signed_up",
        organizationId: null,
        payload: { userId: UserId.parse(userId) },
      });
      await audit(tx, signedUp, {
        action: "user.sign_up",
        target: { kind: "user", id: userId },
        organizationId: null,
        after: { email },
      });
      return ensureInside(tx, signedUp, person);
    });
  };
