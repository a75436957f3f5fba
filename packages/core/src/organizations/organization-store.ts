import type { Tx } from "@latchkey/db";
import { memberships, organizations } from "@latchkey/db/schema";
import { and, asc, eq, inArray } from "drizzle-orm";
import { newerThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type OrganizationRow = typeof organizations.$inferSelect;

/** Adds the organization, or answers undefined where its slug is taken. */
export const insertOrganization = async (
  tx: Tx,
  values: { id: string; name: string; slug: string },
): Promise<OrganizationRow | undefined> => {
  const [row] = await tx.db
    .insert(organizations)
    .values({ ...values, createdAt: tx.now })
    .onConflictDoNothing({ target: organizations.slug })
    .returning();
  return row;
};

/** Holds the organization until the commit: whoever changes its members waits here. */
export const lockOrganization = async (
  tx: Tx,
  organizationId: string,
): Promise<OrganizationRow | undefined> => {
  const [row] = await tx.db
    .select()
    .from(organizations)
    .where(eq(organizations.id, organizationId))
    .for("update");
  return row;
};

export const renameOrganization = async (
  tx: Tx,
  organizationId: string,
  name: string,
): Promise<void> => {
  await tx.db.update(organizations).set({ name }).where(eq(organizations.id, organizationId));
};

export const listOrganizationsByIds = (tx: Tx, ids: readonly string[]) =>
  tx.db
    .select({ id: organizations.id, name: organizations.name, slug: organizations.slug })
    .from(organizations)
    .where(inArray(organizations.id, [...ids]));

/** The person's organizations with their role in each, first joined first. */
export const listOrganizationsOf = (
  tx: Tx,
  userId: string,
  { after, limit }: { after: Position | null; limit: number },
) =>
  tx.db
    .select({
      organization: organizations,
      role: memberships.role,
      joinedAt: memberships.joinedAt,
    })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(
      and(
        eq(memberships.userId, userId),
        newerThan(memberships.joinedAt, memberships.organizationId, after),
      ),
    )
    .orderBy(asc(memberships.joinedAt), asc(memberships.organizationId))
    .limit(limit);

export const findOrganizationOf = async (
  tx: Tx,
  { userId, organizationId }: { userId: string; organizationId: string },
) => {
  const [row] = await tx.db
    .select({ organization: organizations, role: memberships.role })
    .from(memberships)
    .innerJoin(organizations, eq(organizations.id, memberships.organizationId))
    .where(and(eq(memberships.userId, userId), eq(memberships.organizationId, organizationId)));
  return row;
};
