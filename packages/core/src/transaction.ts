import { DomainError } from "@latchkey/contracts";
import { isCommitUncertain, isUnavailable, transact, within } from "@latchkey/db";
import type { Database, Tx } from "@latchkey/db";
import { scopeOf } from "./call.ts";
import type { Call } from "./call.ts";

/**
 * Runs `work` in one transaction that sees what the call may see; inside the call's own transaction
 * where it carries one, so that verbs which call each other commit together. `work` may run again
 * after a deadlock: it must have no effect outside the transaction. Throws UNAVAILABLE when
 * PostgreSQL is out of reach or too busy; where it went away in the middle of the commit, the change may
 * have been made all the same, which the message says. Every verb may be repeated.
 */
export const inTransaction = async <Result>(
  database: Database,
  call: Call,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> => {
  if (call.tx) return within(call.tx, scopeOf(call), work);
  try {
    return await transact(database, scopeOf(call), work);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    const unavailable = new DomainError(
      "UNAVAILABLE",
      { retryAfterSeconds: 5 },
      isCommitUncertain(error)
        ? "The database went out of reach while it saved the change, so it may have been made or not. Try again: repeating is safe."
        : "The database is out of reach or too busy; nothing was changed. Try again.",
    );
    unavailable.cause = error;
    throw unavailable;
  }
};

/** The call continued inside `tx`, for calling another verb in the same commit. */
export const joining = (call: Call, tx: Tx): Call => ({ ...call, tx });
