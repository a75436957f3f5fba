import { Problem } from "@latchkey/contracts";
import type { ErrorCode } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";

/** What the server said of a failed call; null where no believable answer came. */
export const problemOf = (error: unknown): Problem | null => {
  if (!(error instanceof TRPCClientError)) return null;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("problem" in data)) return null;
  return Problem.safeParse(data.problem).data ?? null;
};

/** The answer, or null where the server says `code`. */
export const orNull = async <Answer>(
  code: ErrorCode,
  answer: Promise<Answer>,
): Promise<Answer | null> => {
  try {
    return await answer;
  } catch (error) {
    if (problemOf(error)?.code === code) return null;
    throw error;
  }
};
