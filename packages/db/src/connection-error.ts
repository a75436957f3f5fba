/** A connection that was given up, or never had; `isUnavailable` knows the codes. */
export const connectionError = (
  code: "CONNECTION_SILENT" | "CONNECTION_CLOSED" | "CONNECT_TIMEOUT" | "POOL_TIMEOUT",
  message: string,
): Error => Object.assign(new Error(message), { code });

/** The connection went away while COMMIT was under way: what it was to save is saved, or is not. */
class CommitUncertain extends Error {
  constructor(cause: unknown) {
    super("The connection was lost while the transaction was being committed.", { cause });
    this.name = "CommitUncertain";
  }
}

/** `cause` is how the connection was lost; `isUnavailable` finds its code. */
export const commitUncertain = (cause: unknown): Error => new CommitUncertain(cause);

/** Whether nobody knows what became of the transaction; doing the same again finds out. */
export const isCommitUncertain = (error: unknown): boolean =>
  error instanceof CommitUncertain || (error instanceof Error && isCommitUncertain(error.cause));
