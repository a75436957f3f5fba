import { DomainError, memberMay, staffMay } from "@latchkey/contracts";
import type { MemberPermission, MemberRole, StaffPermission, StaffRole } from "@latchkey/contracts";
import type { Scope, Tx } from "@latchkey/db";

/** Who is calling, as a value: rights, audit and row-level security are all read from it. */
export type Actor =
  | { readonly kind: "anonymous" }
  | {
      /** Signed in, in no organization (or not acting in one). */
      readonly kind: "user";
      readonly userId: string;
      readonly email: string;
      readonly emailVerified: boolean;
    }
  | {
      readonly kind: "member";
      readonly userId: string;
      readonly email: string;
      readonly emailVerified: boolean;
      readonly organizationId: string;
      readonly role: MemberRole;
    }
  | {
      readonly kind: "staff";
      readonly userId: string;
      readonly email: string;
      readonly role: StaffRole;
    }
  | {
      /** Whoever holds a license key or a lease, once the license behind it is known. */
      readonly kind: "machine";
      readonly organizationId: string;
      readonly licenseId: string;
      readonly machineId: string | null;
    }
  | { readonly kind: "gateway"; readonly gateway: string }
  | { readonly kind: "system"; readonly job: string };

/** One use of a verb: who, from where, under which request, and inside which transaction if any. */
export interface Call {
  readonly actor: Actor;
  readonly requestId: string;
  readonly address: string | null;
  readonly userAgent: string | null;
  readonly tx?: Tx;
}

/** The same call continued as another actor: a key holder becomes a machine, a lookup becomes system's. */
export const actingAs = (call: Call, actor: Actor): Call => ({ ...call, actor });

/** The same call continued by the house: before there is a tenant to see, or beyond the caller's rights. */
export const asSystem = (call: Call, job: string): Call => actingAs(call, { kind: "system", job });

/** A call by the house itself: background jobs, commands, look-ups before the tenant is known. */
export const systemCall = (job: string, tx?: Tx): Call => ({
  actor: { kind: "system", job },
  requestId: job,
  address: null,
  userAgent: null,
  ...(tx && { tx }),
});

/** Whose rows the call may see. */
export const scopeOf = ({ actor }: Call): Scope => {
  switch (actor.kind) {
    case "member":
    case "machine":
      return { kind: "tenant", organizationId: actor.organizationId };
    case "user":
      return { kind: "user", userId: actor.userId };
    case "staff":
      return { kind: "staff" };
    case "system":
    case "gateway":
      return { kind: "system" };
    case "anonymous":
      return { kind: "nobody" };
  }
};

/**
 * Checks that the actor is a member whose role has the permission, and returns that member. Throws
 * UNAUTHENTICATED for nobody, FORBIDDEN for everybody else.
 */
export const authorizeMember = (
  { actor }: Call,
  permission: MemberPermission,
): Extract<Actor, { kind: "member" }> => {
  if (actor.kind === "anonymous") throw new DomainError("UNAUTHENTICATED", {});
  if (actor.kind === "user") {
    throw new DomainError("FORBIDDEN", { remedy: "Join or make an organization first." });
  }
  if (actor.kind !== "member") throw new DomainError("FORBIDDEN", {});
  if (memberMay(actor.role, permission)) return actor;
  throw new DomainError("FORBIDDEN", {
    remedy: `Your role in this organization is ${actor.role}. Ask an owner of it to do this or to change your role.`,
  });
};

/** Checks that the actor is staff whose role has the permission. Throws UNAUTHENTICATED or FORBIDDEN. */
export const authorizeStaff = (
  { actor }: Call,
  permission: StaffPermission,
): Extract<Actor, { kind: "staff" }> => {
  if (actor.kind === "anonymous") throw new DomainError("UNAUTHENTICATED", {});
  if (actor.kind === "staff" && staffMay(actor.role, permission)) return actor;
  throw new DomainError("FORBIDDEN", { remedy: "Ask a staff administrator to do this." });
};

/** Checks that the house itself is calling: jobs and commands. Throws FORBIDDEN. */
export const authorizeSystem = ({ actor }: Call): void => {
  if (actor.kind !== "system") throw new DomainError("FORBIDDEN", {});
};

/** Checks that somebody is signed in and returns them. Throws UNAUTHENTICATED, or FORBIDDEN for machines. */
export const authorizeUser = ({
  actor,
}: Call): Extract<Actor, { kind: "user" | "member" | "staff" }> => {
  if (actor.kind === "user" || actor.kind === "member" || actor.kind === "staff") return actor;
  if (actor.kind === "anonymous") throw new DomainError("UNAUTHENTICATED", {});
  throw new DomainError("FORBIDDEN", {});
};
