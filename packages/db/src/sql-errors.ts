const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECTION_SILENT",
  "POOL_TIMEOUT",
  "ERR_STREAM_DESTROYED",
  "ERR_SOCKET_CLOSED",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

const codeOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return codeOf(error.cause);
};

/** The SQLSTATE behind a driver's or drizzle's error ("23505"), or undefined for other errors. */
export const sqlStateOf = (error: unknown): string | undefined => {
  const code = codeOf(error);
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) ? code : undefined;
};

/** Whether PostgreSQL hangs up with this error: the close is on its way, and seen later than the error. */
export const endsConnection = (error: unknown): boolean =>
  error instanceof Error &&
  (("severity" in error && (error.severity === "FATAL" || error.severity === "PANIC")) ||
    endsConnection(error.cause));

/** Whether PostgreSQL has no connection left for us. */
export const isCrowdedOut = (error: unknown): boolean => sqlStateOf(error) === "53300";

/** Whether the same transaction may succeed when it is simply run again (deadlock, serialization). */
export const isTransient = (error: unknown): boolean =>
  ["40001", "40P01"].includes(sqlStateOf(error) ?? "");

/** A lock, a statement or an idle transaction took longer than `DatabaseLimits` allow. */
const overLimit = new Set(["55P03", "57014", "25P03", "25P04"]);

/**
 * Whether the database was out of reach or too busy: not connected, silent, shutting down, starting, out of
 * connections or disk (classes 08, 53, 57P and 58 of the PostgreSQL error codes), or slower than the
 * process's limits.
 */
export const isUnavailable = (error: unknown): boolean => {
  const code = codeOf(error);
  if (code === undefined) return false;
  return connectionCodes.has(code) || overLimit.has(code) || /^(08|53|57P|58)/.test(code);
};
