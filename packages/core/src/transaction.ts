import { DomainError } from "@latchkey/contracts";
import {
  executeAsSystem,
  isCommitUncertain,
  isUnavailable,
  transact,
  transactByKeys,
  within,
} from "@latchkey/db";
import type { Database, KeyedTx, Sql, Tx } from "@latchkey/db";
import { scopeOf } from "./call.ts";
import type { Call } from "./call.ts";

const orUnavailable = async <Result>(working: Promise<Result>): Promise<Result> => {
  try {
    return await working;
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
  return orUnavailable(transact(database, scopeOf(call), work));
};

/**
 * Like `inTransaction`, for prepared statements (`KeyedTx`), and always a transaction of its own: throws where the call
 * carries one.
 */
export const inKeyedTransaction = async <Result>(
  database: Database,
  call: Call,
  work: (tx: KeyedTx) => Promise<Result>,
): Promise<Result> => {
  if (call.tx)
    throw new Error("A transaction by keys is one of its own, and this call is inside another.");
  return orUnavailable(transactByKeys(database, scopeOf(call), work));
};

/**
 * Runs one statement as the house itself, in a commit of its own: for work so frequent that the ways to
 * PostgreSQL and back, which a transaction takes, would be most of it. Throws UNAVAILABLE as `inTransaction`
 * does.
 */
export const inStatement = async <Result>(
  database: Database,
  statement: (sql: Sql) => Promise<Result>,
): Promise<Result> => orUnavailable(executeAsSystem(database, statement));

/** The call continued inside `tx`, for calling another verb in the same commit. */
export const joining = (call: Call, tx: Tx): Call => ({ ...call, tx });
