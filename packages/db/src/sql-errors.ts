const connectionCodes = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "EPIPE",
  "CONNECT_TIMEOUT",
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
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

/** Whether the same transaction may succeed when it is simply run again (deadlock, serialization). */
export const isTransient = (error: unknown): boolean =>
  ["40001", "40P01"].includes(sqlStateOf(error) ?? "");

/**
 * Whether the database was out of reach: not connected, shutting down, starting, or out of
 * connections or disk. Classes 08, 53 and 57P of the PostgreSQL error codes.
 */
export const isUnavailable = (error: unknown): boolean => {
  const code = codeOf(error);
  if (code === undefined) return false;
  return connectionCodes.has(code) || /^(08|53|57P)/.test(code);
};
