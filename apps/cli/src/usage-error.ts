/** The command was called with something that it cannot work with; the message says what to pass. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
