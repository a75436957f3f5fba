const names = new Intl.ListFormat("en", { type: "disjunction" });

/**
 * Why a role may not do something, in words that name who may; null where it may. `may` is the
 * contract's table, which the API enforces.
 */
export const whyNotBy =
  <Role extends string, Permission>(
    roles: readonly Role[],
    may: (role: Role, permission: Permission) => boolean,
  ) =>
  (role: Role, permission: Permission): string | null => {
    if (may(role, permission)) return null;
    const able = roles.filter((other) => may(other, permission));
    return `Needs the role ${names.format(able)}; yours is ${role}.`;
  };
