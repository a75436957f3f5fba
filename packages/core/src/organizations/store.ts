import type { MemberRole } from "@latchkey/contracts";
import type { Tx } from "@latchkey/db";
import { invitations, memberships, organizations, staffMembers, users } from "@latchkey/db/schema";
import { and, asc, count, eq, gt, inArray, isNull, sql } from "drizzle-orm";
import type { AnyColumn, SQL } from "drizzle-orm";
import type { Position } from "../page.ts";

export type OrganizationRow = typeof organizations.$inferSelect;
export type MembershipRow = typeof memberships.$inferSelect;
export type InvitationRow = typeof invitations.$inferSelect;

const openInvitation = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

/** The rows after the page before; PostgreSQL compares the pair as one. */
const past = (at: AnyColumn, id: AnyColumn, after: Position | null): SQL | undefined =>
  after === null
    ? undefined
    : sql`(${at}, ${id}) > (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`;

const memberColumns = {
  userId: memberships.userId,
  email: users.email,
  name: users.name,
  role: memberships.role,
  joinedAt: memberships.joinedAt,
};

export const findUser = async (tx: Tx, userId: string) => {
  const [row] = await tx.db.select().from(users).where(eq(users.id, userId));
  return row;
};

/** Holds the person until the commit, so that two sign-ins at once do one thing. */
export const lockUser = async (tx: Tx, userId: string): Promise<boolean> => {
  const rows = await tx.db
    .select({ id: users.id })
    .from(users)
    .where(eq(users.id, userId))
    .for("update");
  return rows.length > 0;
};

export const findStaff = async (tx: Tx, userId: string) => {
  const [row] = await tx.db.select().from(staffMembers).where(eq(staffMembers.userId, userId));
  return row;
};

export const putStaff = async (
  tx: Tx,
  staff: Pick<typeof staffMembers.$inferInsert, "userId" | "role">,
): Promise<void> => {
  await tx.db
    .insert(staffMembers)
    .values(staff)
    .onConflictDoUpdate({ target: staffMembers.userId, set: { role: staff.role } });
};

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
        past(memberships.joinedAt, memberships.organizationId, after),
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
        past(memberships.joinedAt, memberships.userId, after),
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

export const findOpenInvitation = async (
  tx: Tx,
  { organizationId, email }: { organizationId: string; email: string },
): Promise<InvitationRow | undefined> => {
  const [row] = await tx.db
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        eq(invitations.email, email),
        openInvitation,
      ),
    );
  return row;
};

export const findInvitation = async (
  tx: Tx,
  invitationId: string,
): Promise<InvitationRow | undefined> => {
  const [row] = await tx.db.select().from(invitations).where(eq(invitations.id, invitationId));
  return row;
};

export const findInvitationByTokenHash = async (
  tx: Tx,
  tokenHash: Buffer,
): Promise<InvitationRow | undefined> => {
  const [row] = await tx.db.select().from(invitations).where(eq(invitations.tokenHash, tokenHash));
  return row;
};

/** Writes a new invitation, or the new link of the one with the same id. */
export const putInvitation = async (
  tx: Tx,
  values: typeof invitations.$inferInsert & { id: string },
): Promise<InvitationRow> => {
  const { role, tokenHash, invitedBy, invitedAt, expiresAt } = values;
  const [row] = await tx.db
    .insert(invitations)
    .values(values)
    .onConflictDoUpdate({
      target: invitations.id,
      set: { role, tokenHash, invitedBy, invitedAt, expiresAt },
    })
    .returning();
  if (!row) throw new Error(`the invitation ${values.id} was not written`);
  return row;
};

export const closeInvitation = async (
  tx: Tx,
  invitationId: string,
  closed: { acceptedAt: Date } | { revokedAt: Date },
): Promise<void> => {
  await tx.db.update(invitations).set(closed).where(eq(invitations.id, invitationId));
};

/** The invitations that can still be accepted, oldest first. */
export const listOpenInvitations = (
  tx: Tx,
  organizationId: string,
  { after, limit }: { after: Position | null; limit: number },
): Promise<InvitationRow[]> =>
  tx.db
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.organizationId, organizationId),
        openInvitation,
        gt(invitations.expiresAt, tx.now),
        past(invitations.invitedAt, invitations.id, after),
      ),
    )
    .orderBy(asc(invitations.invitedAt), asc(invitations.id))
    .limit(limit);

export const describeInvitation = async (tx: Tx, invitationId: string) => {
  const [row] = await tx.db
    .select({
      invitation: invitations,
      organizationName: organizations.name,
      invitedByName: users.name,
    })
    .from(invitations)
    .innerJoin(organizations, eq(organizations.id, invitations.organizationId))
    .innerJoin(users, eq(users.id, invitations.invitedBy))
    .where(eq(invitations.id, invitationId));
  return row;
};
