import { Problem } from "@latchkey/contracts";
import type { ErrorCode, InputIssue } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";
import { AuthError } from "./auth.ts";
import { explainAuth } from "./explain-auth.ts";

/** A failure in a person's words: what happened, and what to do now. */
export interface Explanation {
  readonly title: string;
  readonly remedy: string;
  /** Finds the failure in the server's log. */
  readonly requestId: string | null;
  readonly issues: readonly InputIssue[];
}

/** What the server said of a failed call; null where no believable answer came. */
export const problemOf = (error: unknown): Problem | null => {
  if (!(error instanceof TRPCClientError)) return null;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("problem" in data)) return null;
  return Problem.safeParse(data.problem).data ?? null;
};

const support = "If it stays so, tell support the request number below.";

/** The remedy per code, for where the server names none; the title is the server's own sentence. */
const remedies = {
  BAD_REQUEST: "Correct what is marked and send it again.",
  UNAUTHENTICATED: "Your sign-in has ended. Sign in again and repeat it.",
  FORBIDDEN: "Ask an owner of your organization to do it, or to give you the role for it.",
  NOT_FOUND: "It may have been removed, or belong to another of your organizations.",
  CONFLICT: "Something changed meanwhile. Reload the page and look again.",
  PAYLOAD_TOO_LARGE: "Send less at once.",
  RATE_LIMITED: "Wait a little and try again.",
  SEATS_EXHAUSTED: "End a session below, or choose a plan with more seats.",
  LICENSE_NOT_USABLE: "Open the license to see why, and who can fix it.",
  LEASE_INVALID: "Restart the app on that computer.",
  LEASE_EXPIRED: "The app takes a seat again by itself.",
  PAYMENT_FAILED: "Use another card, or ask your bank.",
  GATEWAY_UNAVAILABLE: "Nothing was charged. Try again in a minute.",
  UNAVAILABLE: "Nothing is lost. Try again in a minute.",
  INTERNAL: `Try again. ${support}`,
} as const satisfies Record<ErrorCode, string>;

const remedyIn = (details: Problem["details"]): string | null => {
  const remedy = details?.["remedy"];
  return typeof remedy === "string" && remedy !== "" ? remedy : null;
};

const waitIn = (details: Problem["details"]): string | null => {
  const seconds = details?.["retryAfterSeconds"];
  return typeof seconds === "number" ? `Try again in ${seconds} seconds.` : null;
};

const titleOf = ({ code, title, detail, issues = [] }: Problem): string => {
  // The server's detail repeats the issues by their field names, which are no words for a person.
  if (code === "BAD_REQUEST" && issues.length > 0) {
    return issues.map(({ message }) => message).join(" ");
  }
  return detail || title;
};

/** Turns any failure into words. Trouble with the network is told as that and as nothing else. */
export const explain = (error: unknown): Explanation => {
  if (error instanceof AuthError) return { ...explainAuth(error), requestId: null, issues: [] };
  const problem = problemOf(error);
  if (problem === null) {
    return {
      title: "Latchkey did not answer.",
      remedy: "Check your network and try again.",
      requestId: null,
      issues: [],
    };
  }
  const { code, details, issues = [], requestId } = problem;
  return {
    title: titleOf(problem),
    remedy: remedyIn(details) ?? waitIn(details) ?? remedies[code],
    requestId,
    issues,
  };
};
