import type { Organization } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { OrganizationsDeps } from "./deps.ts";
import { toOrganization } from "./describe.ts";
import { makeOrganization } from "./make-organization.ts";
import { nameOrganizationOf } from "./organization-name-rules.ts";
import * as organizationStore from "./organization-store.ts";
import * as peopleStore from "./people-store.ts";

export interface Person {
  readonly userId: string;
  readonly name: string;
  readonly email: string;
}

/** The person's first organization, made inside `tx` (system scope) where there is none. */
export const ensureInside = async (
  tx: Tx,
  call: Call,
  { userId, name }: Person,
): Promise<Organization | null> => {
  if (!(await peopleStore.lockUser(tx, userId))) return null;
  if (await peopleStore.findStaff(tx, userId)) return null;
  const [first] = await organizationStore.listOrganizationsOf(tx, userId, {
    after: null,
    limit: 1,
  });
  if (first) return toOrganization(first.organization, first.role);
  return makeOrganization(tx, call, { name: nameOrganizationOf(name), ownerId: userId });
};

/**
 * The organization that a sign-in starts in: the one that the person joined first, made when they are
 * in none. Null for the vendor's staff, who are never members by accident, and for an unknown person.
 */
export const ensureOrganizationOf =
  ({ database }: OrganizationsDeps) =>
  (call: Call, person: Person): Promise<Organization | null> =>
    inTransaction(database, asSystem(call, "ensure-organization"), (tx) =>
      ensureInside(tx, call, person),
    );
