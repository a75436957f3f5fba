import type { ErrorCode, Problem } from "@latchkey/contracts";
import { AuthError } from "./auth.ts";
import { explainAuth } from "./explain-auth.ts";
import { problemOf } from "./problem.ts";
import { tryAgainIn } from "./try-again-in.ts";

/** A failure in a person's words: what happened, and what to do now. */
export interface Explanation {
  readonly title: string;
  readonly remedy: string;
  /** Finds the failure in the server's log. */
  readonly requestId: string | null;
}

/** Turns any failure into words. Trouble with the network is told as that and as nothing else. */
export type Explain = (error: unknown) => Explanation;

const remedyIn = (details: Problem["details"]): string | null => {
  const remedy = details?.["remedy"];
  return typeof remedy === "string" && remedy !== "" ? remedy : null;
};

const waitIn = (details: Problem["details"]): string | null => {
  const seconds = details?.["retryAfterSeconds"];
  return typeof seconds === "number" ? tryAgainIn(seconds) : null;
};

const titleOf = ({ code, title, detail, issues = [] }: Problem): string => {
  // The server's detail repeats the issues by their field names, which are no words for a person.
  if (code === "BAD_REQUEST" && issues.length > 0) {
    return issues.map(({ message }) => message).join(" ");
  }
  return detail || title;
};

/**
 * An app's words for failures: the title is the server's own sentence, and the remedy is `remedies` per
 * code wherever the server names none.
 */
export const explainWith =
  (remedies: Readonly<Record<ErrorCode, string>>): Explain =>
  (error) => {
    if (error instanceof AuthError) return { ...explainAuth(error), requestId: null };
    const problem = problemOf(error);
    if (problem === null) {
      return {
        title: "Latchkey did not answer.",
        remedy: "Check your network and try again.",
        requestId: null,
      };
    }
    const { code, details, requestId } = problem;
    const remedy = remedyIn(details) ?? waitIn(details) ?? remedies[code];
    return { title: titleOf(problem), remedy, requestId };
  };
