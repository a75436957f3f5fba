import { DomainError } from "@latchkey/contracts";
import type { Access } from "@latchkey/contracts";
import { actingAs, authorizeMember, authorizeStaff } from "@latchkey/core";
import type { Actor, Call, Core } from "@latchkey/core";
import type { Context } from "./context.ts";
import type { Identity } from "./identity.ts";

export type AccessCore = Pick<Core, "organizations">;

const anonymous: Actor = { kind: "anonymous" };

/** The person as a member of the organization they are in, or as a user where they are in none. */
const resolvePerson = (
  { organizations }: AccessCore,
  call: Call,
  { userId, activeOrganizationId }: Identity,
): Promise<Actor> =>
  organizations.resolveActor(actingAs(call, { kind: "system", job: "resolve-actor" }), {
    userId,
    organizationId: activeOrganizationId,
  });

const requireIdentity = async (context: Context): Promise<Identity> => {
  const identity = await context.findIdentity();
  if (identity === null) throw new DomainError("UNAUTHENTICATED", {});
  return identity;
};

const requireMember = async (
  core: AccessCore,
  context: Context,
  access: Extract<Access, { kind: "member" }>,
): Promise<Actor> => {
  const person = await resolvePerson(core, context.call, await requireIdentity(context));
  const actor = authorizeMember(actingAs(context.call, person), access.permission);
  if (access.verifiedEmail && !actor.emailVerified) {
    throw new DomainError(
      "FORBIDDEN",
      { remedy: "Verify your mail address: open the link in the mail we sent to it." },
      "This needs a verified mail address.",
    );
  }
  return actor;
};

const requireStaff = async (
  { organizations }: AccessCore,
  context: Context,
  access: Extract<Access, { kind: "staff" }>,
): Promise<Actor> => {
  const { userId, email } = await requireIdentity(context);
  const system = actingAs(context.call, { kind: "system", job: "resolve-actor" });
  const role = await organizations.findStaffRole(system, userId);
  if (role === null) throw new DomainError("FORBIDDEN", {}, "This is for the vendor's staff.");
  const staff: Actor = { kind: "staff", userId, email, role };
  return authorizeStaff(actingAs(context.call, staff), access.permission);
};

/**
 * Who the call is made by under the procedure's access rule. A key or lease holder need not sign in,
 * but a signed-in member is passed on, because a member may be told who holds the seats. Throws
 * UNAUTHENTICATED or FORBIDDEN.
 */
export const resolveActor = async (
  core: AccessCore,
  context: Context,
  access: Access,
): Promise<Actor> => {
  switch (access.kind) {
    case "public":
      return anonymous;
    case "licenseKey":
    case "lease": {
      const identity = await context.findIdentity();
      if (identity === null) return anonymous;
      const actor = await resolvePerson(core, context.call, identity);
      return actor.kind === "member" ? actor : anonymous;
    }
    case "signedIn":
      return resolvePerson(core, context.call, await requireIdentity(context));
    case "member":
      return requireMember(core, context, access);
    case "staff":
      return requireStaff(core, context, access);
  }
};
