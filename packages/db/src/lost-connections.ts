const isWriteToLostConnection = (error: unknown): boolean =>
  error instanceof TypeError &&
  /^\s*at \S*nextWrite \(.*[\\/]postgres[\\/]/m.test(error.stack ?? "");

/**
 * Keeps this process alive when PostgreSQL hangs up in the middle of a transaction, as it does when it
 * restarts or fails over. The driver (postgres.js 3.4.9, github.com/porsager/postgres/issues/1208) then
 * writes the transaction's next statement to a socket that is gone, from a timer, where nobody can catch
 * what it throws. The transaction itself is rejected with CONNECTION_CLOSED as it should be, so only the
 * throw is let go. Any other uncaught error ends the process as before. To be called once, at the start.
 */
export const surviveLostConnections = (): void => {
  process.on("uncaughtException", (error) => {
    if (!isWriteToLostConnection(error)) throw error;
  });
};
