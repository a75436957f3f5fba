import type { Tx } from "@latchkey/db";
import { invitations, organizations, users } from "@latchkey/db/schema";
import { and, asc, eq, gt, isNull } from "drizzle-orm";
import { newerThan } from "../keyset.ts";
import type { Position } from "../page.ts";

export type InvitationRow = typeof invitations.$inferSelect;

const openInvitation = and(isNull(invitations.acceptedAt), isNull(invitations.revokedAt));

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
        newerThan(invitations.invitedAt, invitations.id, after),
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
