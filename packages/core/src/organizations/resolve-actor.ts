import { DomainError } from "@latchkey/contracts";
import type { Actor, Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { asPerson } from "./as-person.ts";
import * as memberStore from "./member-store.ts";
import * as peopleStore from "./people-store.ts";

/**
 * Who a signed-in person is in this request: a member of the organization that their sign-in is active
 * in, or a person in none. Membership is read each time, so that a removal works at once. Throws
 * UNAUTHENTICATED when the person is gone.
 */
export const resolveActor =
  ({ database }: OrganizationsDeps) =>
  (
    call: Call,
    { userId, organizationId }: { userId: string; organizationId: string | null },
  ): Promise<Extract<Actor, { kind: "user" | "member" }>> =>
    inTransaction(database, asPerson(call, userId), async (tx) => {
      const user = await peopleStore.findUser(tx, userId);
      if (!user) throw new DomainError("UNAUTHENTICATED", {});
      const person = { userId, email: user.email, emailVerified: user.emailVerified };
      const membership =
        organizationId && (await memberStore.findMembership(tx, { organizationId, userId }));
      if (!membership) return { kind: "user", ...person };
      const { organizationId: actsIn, role } = membership;
      return { kind: "member", ...person, organizationId: actsIn, role };
    });
