import { randomBytes } from "node:crypto";
import { DomainError } from "@latchkey/contracts";
import { newId } from "@latchkey/db";
import type { Tx } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import type { Call } from "../call.ts";
import { emit } from "../events/emit.ts";
import { toOrganization } from "./describe.ts";
import { slugOf } from "./organization-name-rules.ts";
import * as memberStore from "./member-store.ts";
import * as organizationStore from "./organization-store.ts";

const attempts = 5;

const insertWithFreeSlug = async (
  tx: Tx,
  name: string,
): Promise<organizationStore.OrganizationRow> => {
  const slug = slugOf(name);
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const suffix = attempt === 0 ? "" : `-${randomBytes(3).toString("hex")}`;
    const made = await organizationStore.insertOrganization(tx, {
      id: newId(),
      name,
      slug: slug + suffix,
    });
    if (made) return made;
  }
  throw new DomainError("CONFLICT", { remedy: "Choose a somewhat different name." });
};

/** Makes an organization with its first owner inside `tx`, which must see all (system scope). */
export const makeOrganization = async (
  tx: Tx,
  call: Call,
  { name, ownerId }: { name: string; ownerId: string },
) => {
  const made = await insertWithFreeSlug(tx, name);
  await memberStore.insertMembership(tx, {
    organizationId: made.id,
    userId: ownerId,
    role: "owner",
  });
  const organization = toOrganization(made, "owner");
  await emit(tx, call, {
    type: "organization.created",
    organizationId: made.id,
    payload: { organizationId: organization.id },
  });
  await audit(tx, call, {
    action: "organization.create",
    target: { kind: "organization", id: made.id },
    organizationId: made.id,
    after: { name, slug: made.slug, ownerId },
  });
  return organization;
};
