export { appRole, connectDatabase } from "./connection.ts";
export type { Database, DatabaseOptions } from "./connection.ts";
export { describeError } from "./describe-error.ts";
export { databaseEnvironment } from "./environment.ts";
export { migrate } from "./migrate.ts";
export { isTransient, isUnavailable, isUniqueViolation, sqlStateOf } from "./sql-errors.ts";
export { transact, within } from "./transaction.ts";
export type { Scope, Tx } from "./transaction.ts";
export { newId } from "./new-id.ts";
