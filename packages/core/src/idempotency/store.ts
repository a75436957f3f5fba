import { idempotencyKeys } from "@latchkey/db/schema";
import type { Tx } from "@latchkey/db";
import { and, eq, inArray, lt, sql } from "drizzle-orm";
import { abandonedAfterSeconds, answerTtlSeconds } from "./idempotency-rules.ts";

export interface Claim {
  readonly scope: string;
  readonly key: string;
  readonly procedure: string;
  readonly requestHash: Buffer;
}

const realNow = sql`clock_timestamp()`;
const fresh = {
  answerCiphertext: null,
  claimedAt: realNow,
  expiresAt: sql`clock_timestamp() + make_interval(secs => ${answerTtlSeconds})`,
};

const rowOf = ({ scope, key }: Claim) =>
  and(eq(idempotencyKeys.scope, scope), eq(idempotencyKeys.key, key));

/**
 * Takes the key where nobody has it, or where it outlived its day. Waits for another transaction that
 * is taking it right now. False where the key is taken.
 */
export const claim = async (tx: Tx, wanted: Claim): Promise<boolean> => {
  const rows = await tx.db
    .insert(idempotencyKeys)
    .values({ ...wanted, ...fresh })
    .onConflictDoUpdate({
      target: [idempotencyKeys.scope, idempotencyKeys.key],
      set: { ...fresh, procedure: wanted.procedure, requestHash: wanted.requestHash },
      setWhere: lt(idempotencyKeys.expiresAt, realNow),
    })
    .returning({ key: idempotencyKeys.key });
  return rows.length === 1;
};

/** Takes a claim over that a dead process left without an answer; false where somebody else was first. */
export const takeOver = async (tx: Tx, wanted: Claim): Promise<boolean> => {
  const rows = await tx.db
    .update(idempotencyKeys)
    .set(fresh)
    .where(
      and(
        rowOf(wanted),
        sql`${idempotencyKeys.answerCiphertext} is null`,
        sql`${idempotencyKeys.claimedAt} < clock_timestamp() - make_interval(secs => ${abandonedAfterSeconds})`,
      ),
    )
    .returning({ key: idempotencyKeys.key });
  return rows.length === 1;
};

/** The row under the key with its age in real seconds, or null. */
export const findClaim = async (tx: Tx, wanted: Claim) => {
  const [row] = await tx.db
    .select({
      requestHash: idempotencyKeys.requestHash,
      answerCiphertext: idempotencyKeys.answerCiphertext,
      ageSeconds: sql`extract(epoch from clock_timestamp() - ${idempotencyKeys.claimedAt})`.mapWith(
        Number,
      ),
    })
    .from(idempotencyKeys)
    .where(rowOf(wanted));
  return row ?? null;
};

/** Stores the outcome under a claim of ours. */
export const storeAnswer = async (tx: Tx, wanted: Claim, sealed: Buffer): Promise<void> => {
  await tx.db.update(idempotencyKeys).set({ answerCiphertext: sealed }).where(rowOf(wanted));
};

/** Gives a claim back that has no answer, so that a repeat is tried anew. */
export const dropClaim = async (tx: Tx, wanted: Claim): Promise<void> => {
  await tx.db
    .delete(idempotencyKeys)
    .where(and(rowOf(wanted), sql`${idempotencyKeys.answerCiphertext} is null`));
};

/** Forgets at most `limit` rows past their day, and says how many they were. */
export const deleteExpired = async (tx: Tx, limit: number): Promise<number> => {
  const expired = tx.db
    .select({ place: sql`ctid` })
    .from(idempotencyKeys)
    .where(lt(idempotencyKeys.expiresAt, realNow))
    .limit(limit)
    .for("update", { skipLocked: true });
  const rows = await tx.db
    .delete(idempotencyKeys)
    .where(inArray(sql`ctid`, expired))
    .returning({ key: idempotencyKeys.key });
  return rows.length;
};
