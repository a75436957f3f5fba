/**
 * A stop that the person at the terminal can act on: its message is the whole answer, one sentence that says what
 * is wrong and what to do. It is printed alone, without a stack.
 */
export class OperatorError extends Error {
  override readonly name = "OperatorError";
}
