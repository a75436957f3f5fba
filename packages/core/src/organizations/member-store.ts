import type { MemberRole } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { memberships, users } from "@latchkey/db/schema";
import { and, asc, count, eq, inArray } from "drizzle-orm";
import { newerThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type MembershipRow = typeof memberships.$inferSelect;

const memberColumns = {
  userId: memberships.userId,
  email: users.email,
  name: users.name,
  role: memberships.role,
  joinedAt: memberships.joinedAt,
};

export const findMembership = async (
  tx: Tx,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<MembershipRow | undefined> => {
  const [row] = await tx.db
    .select()
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));
  return row;
};

export const findMember = async (
  tx: Tx,
  { organizationId, userId }: { organizationId: string; userId: string },
) => {
  const [row] = await tx.db
    .select(memberColumns)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));
  return row;
};

export const isMemberByEmail = async (
  tx: Tx,
  { organizationId, email }: { organizationId: string; email: string },
): Promise<boolean> => {
  const rows = await tx.db
    .select({ userId: memberships.userId })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(and(eq(memberships.organizationId, organizationId), eq(users.email, email)));
  return rows.length > 0;
};

export const insertMembership = async (
  tx: Tx,
  values: { organizationId: string; userId: string; role: MemberRole },
): Promise<void> => {
  await tx.db.insert(memberships).values({ ...values, joinedAt: tx.now });
};

export const updateMembership = async (
  tx: Tx,
  { organizationId, userId, role }: { organizationId: string; userId: string; role: MemberRole },
): Promise<void> => {
  await tx.db
    .update(memberships)
    .set({ role })
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));
};

export const deleteMembership = async (
  tx: Tx,
  { organizationId, userId }: { organizationId: string; userId: string },
): Promise<void> => {
  await tx.db
    .delete(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.userId, userId)));
};

export const countOwners = async (tx: Tx, organizationId: string): Promise<number> => {
  const [row] = await tx.db
    .select({ owners: count() })
    .from(memberships)
    .where(and(eq(memberships.organizationId, organizationId), eq(memberships.role, "owner")));
  return row?.owners ?? 0;
};

/** The organization's members, first joined first. */
export const listMembers = (
  tx: Tx,
  organizationId: string,
  { after, limit }: { after: Position | null; limit: number },
) =>
  tx.db
    .select(memberColumns)
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(
        eq(memberships.organizationId, organizationId),
        newerThan(memberships.joinedAt, memberships.userId, after),
      ),
    )
    .orderBy(asc(memberships.joinedAt), asc(memberships.userId))
    .limit(limit);

export const listMembersOfRoles = (tx: Tx, organizationId: string, roles: readonly MemberRole[]) =>
  tx.db
    .select({ userId: users.id, email: users.email, name: users.name })
    .from(memberships)
    .innerJoin(users, eq(users.id, memberships.userId))
    .where(
      and(eq(memberships.organizationId, organizationId), inArray(memberships.role, [...roles])),
    )
    .orderBy(asc(memberships.joinedAt), asc(memberships.userId));
