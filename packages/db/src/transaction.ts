import { sql } from "drizzle-orm";
import type { Sql } from "postgres";
import { z } from "zod";
import type { Database } from "./connection.ts";
import { byKeysAlone } from "./plans-by-keys.ts";
import { isTransient } from "./sql-errors.ts";

/** Whose rows a transaction may see; row-level security reads it. */
export type Scope =
  | { readonly kind: "tenant"; readonly organizationId: string }
  | { readonly kind: "user"; readonly userId: string }
  | { readonly kind: "staff" }
  | { readonly kind: "system" }
  | { readonly kind: "nobody" };

type DrizzleTransaction = Parameters<Parameters<Database["drizzle"]["transaction"]>[0]>[0];

/** An open transaction: its queries, whose rows they see, and the instant it began. */
export interface Tx {
  readonly db: DrizzleTransaction;
  readonly scope: Scope;
  /** PostgreSQL's time plus the sandbox's offset, read when the transaction began. */
  readonly now: Date;
}

/**
 * A transaction in which PostgreSQL plans by keys alone. Statements made with `.prepare(name)` ask for one, since their
 * plans are kept (`plans-by-keys.ts`).
 */
export interface KeyedTx extends Tx {
  readonly plansBy: "keys";
}

const Begun = z.tuple([z.object({ now: z.coerce.date() })]);

const attempts = 3;

const planByKeysAlone = sql.join(
  Object.entries(byKeysAlone).map(([name, value]) => sql`, set_config(${name}, ${value}, true)`),
);

const untilLasting = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error;
    }
  }
};

const enter = async (db: DrizzleTransaction, scope: Scope, plans = sql``): Promise<Tx> => {
  const organizationId = scope.kind === "tenant" ? scope.organizationId : "";
  const userId = scope.kind === "user" ? scope.userId : "";
  const rows = await db.execute(sql`
    select set_config('latchkey.scope', ${scope.kind}, true),
           set_config('latchkey.organization_id', ${organizationId}, true),
           set_config('latchkey.user_id', ${userId}, true),
           latchkey_now() as now${plans}`);
  const [{ now }] = Begun.parse([rows[0]]);
  return { db, scope, now };
};

const sameScope = (one: Scope, other: Scope): boolean =>
  one.kind === other.kind &&
  (one.kind !== "tenant" ||
    other.kind !== "tenant" ||
    one.organizationId === other.organizationId) &&
  (one.kind !== "user" || other.kind !== "user" || one.userId === other.userId);

/**
 * Runs `work` inside an open transaction under another scope and returns to the outer one, also when
 * `work` refuses, so that a verb may find by system scope what it then handles by tenant scope, in one
 * commit.
 */
export const within = async <Result>(
  outer: Tx,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> => {
  if (sameScope(outer.scope, scope)) return work(outer);
  let result: Result;
  try {
    result = await work(await enter(outer.db, scope));
  } catch (error) {
    // Where PostgreSQL gave the transaction up, it takes no statement, and its end restores the scope.
    await enter(outer.db, outer.scope).catch(() => undefined);
    throw error;
  }
  await enter(outer.db, outer.scope);
  return result;
};

/**
 * Runs `work` in one READ COMMITTED transaction that sees `scope`'s rows alone. A deadlock or
 * serialization failure runs it again, twice at most, so `work` must have no effect outside.
 */
export const transact = async <Result>(
  database: Database,
  scope: Scope,
  work: (tx: Tx) => Promise<Result>,
): Promise<Result> =>
  untilLasting(() => database.drizzle.transaction(async (db) => work(await enter(db, scope))));

/** Like `transact`, with plans by keys alone: slow for a statement that has to read a whole table. */
export const transactByKeys = async <Result>(
  database: Database,
  scope: Scope,
  work: (tx: KeyedTx) => Promise<Result>,
): Promise<Result> =>
  untilLasting(() =>
    database.drizzle.transaction(async (db) =>
      work({ ...(await enter(db, scope, planByKeysAlone)), plansBy: "keys" }),
    ),
  );

/**
 * Runs one statement that sees every tenant's rows, as the house itself, and commits by itself. A deadlock or
 * serialization failure runs it again, twice at most.
 */
export const executeAsSystem = async <Result>(
  { systemStatements }: Database,
  statement: (sql: Sql) => Promise<Result>,
): Promise<Result> => untilLasting(() => systemStatements.run(statement));
