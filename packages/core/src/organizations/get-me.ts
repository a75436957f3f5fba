import { DomainError, Me } from "@latchkey/contracts";
import { authorizeUser } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toOrganization } from "./describe.ts";
import { asPerson } from "./as-person.ts";
import * as organizationStore from "./organization-store.ts";
import * as peopleStore from "./people-store.ts";

/** Who is signed in, with the organization that the call acts in. Throws UNAUTHENTICATED. */
export const getMe =
  ({ database }: OrganizationsDeps) =>
  async (call: Call): Promise<Me> => {
    const { userId } = authorizeUser(call);
    const organizationId = call.actor.kind === "member" ? call.actor.organizationId : null;
    return inTransaction(database, asPerson(call, userId), async (tx) => {
      const user = await peopleStore.findUser(tx, userId);
      if (!user) throw new DomainError("UNAUTHENTICATED", {});
      const staff = await peopleStore.findStaff(tx, userId);
      const active =
        organizationId &&
        (await organizationStore.findOrganizationOf(tx, { userId, organizationId }));
      return Me.parse({
        id: user.id,
        email: user.email,
        emailVerified: user.emailVerified,
        name: user.name,
        twoFactorEnabled: user.twoFactorEnabled,
        staffRole: staff?.role ?? null,
        activeOrganization: active ? toOrganization(active.organization, active.role) : null,
      });
    });
  };
