import type { Tx } from "@latchkey/db";
import { staffMembers, users } from "@latchkey/db/schema";
import { eq } from "drizzle-orm";

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
