import { DomainError } from "@latchkey/contracts";
import { inTransaction, joining } from "@latchkey/core";
import type { Call, Core } from "@latchkey/core";
import { newId } from "@latchkey/db";
import type { Database, Tx } from "@latchkey/db";
import { twoFactors, userAccounts, userSessions, users } from "@latchkey/db/schema";
import { and, eq } from "drizzle-orm";
import { hashPassword, verifyPassword } from "./password-hash.ts";
import { findPasswordFault } from "./password-rules.ts";

const provider = "credential";

const findUser = async (tx: Tx, email: string) => {
  const [row] = await tx.db.select().from(users).where(eq(users.email, email)).for("update");
  return row;
};

const findHash = async (tx: Tx, userId: string): Promise<string | null> => {
  const [account] = await tx.db
    .select({ hash: userAccounts.password })
    .from(userAccounts)
    .where(and(eq(userAccounts.userId, userId), eq(userAccounts.providerId, provider)));
  return account?.hash ?? null;
};

/** Gives the account over to whoever knows the password: nobody else stays signed in. */
const handOver = async (tx: Tx, userId: string, hash: string): Promise<void> => {
  await tx.db
    .insert(userAccounts)
    .values({ userId, accountId: userId, providerId: provider, password: hash })
    .onConflictDoUpdate({
      target: [userAccounts.providerId, userAccounts.accountId],
      set: { password: hash },
    });
  await tx.db.delete(userSessions).where(eq(userSessions.userId, userId));
  await tx.db.delete(twoFactors).where(eq(twoFactors.userId, userId));
  await tx.db
    .update(users)
    .set({ emailVerified: true, twoFactorEnabled: false })
    .where(eq(users.id, userId));
};

/**
 * Makes the vendor's first staff administrator, verified. Somebody who is staff already keeps their
 * password, unless `resetPassword` asks that the given one works; somebody who merely signed up with
 * the address does not, since it may not be theirs. `demanding` refuses guessable passwords
 * (BAD_REQUEST). Answers whether the password was set or kept.
 */
export const ensureStaffUser = async (
  { core, database }: { core: Pick<Core, "organizations">; database: Database },
  call: Call,
  staff: {
    readonly email: string;
    readonly password: string;
    readonly demanding: boolean;
    readonly resetPassword: boolean;
  },
): Promise<"set" | "kept"> => {
  const { email, password } = staff;
  const fault = staff.demanding ? findPasswordFault(password, { email, name: "" }) : null;
  if (fault !== null) {
    throw new DomainError(
      "BAD_REQUEST",
      { issues: [{ path: ["password"], message: fault }] },
      `The staff password cannot be used. ${fault}`,
    );
  }
  const hash = await hashPassword(password);
  return inTransaction(database, call, async (tx) => {
    await tx.db
      .insert(users)
      .values({ id: newId(), name: "Staff", email, createdAt: tx.now, updatedAt: tx.now })
      .onConflictDoNothing({ target: users.email });
    const user = await findUser(tx, email);
    if (!user) throw new Error(`the user ${email} was not written`);
    const joined = joining(call, tx);
    const isStaff = (await core.organizations.findStaffRole(joined, user.id)) !== null;
    const stored = await findHash(tx, user.id);
    const works = stored !== null && (await verifyPassword({ hash: stored, password }));
    const keeps = isStaff && stored !== null && (works || !staff.resetPassword);
    if (!keeps) await handOver(tx, user.id, hash);
    if (!isStaff) {
      await core.organizations.appointStaff(joined, { userId: user.id, role: "admin" });
    }
    return keeps ? "kept" : "set";
  });
};
