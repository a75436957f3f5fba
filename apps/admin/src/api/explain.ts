import { Problem } from "@latchkey/contracts";
import type { ErrorCode } from "@latchkey/contracts";
import { TRPCClientError } from "@trpc/client";
import { AuthError } from "./auth.ts";

/** A failure in words: what happened, and what to do now. */
export interface Explanation {
  readonly title: string;
  readonly remedy: string;
  /** Finds the failure in the server's log. */
  readonly requestId: string | null;
}

/** What the server said of a failed call; null where no believable answer came. */
export const problemOf = (error: unknown): Problem | null => {
  if (!(error instanceof TRPCClientError)) return null;
  const data: unknown = error.data;
  if (typeof data !== "object" || data === null || !("problem" in data)) return null;
  return Problem.safeParse(data.problem).data ?? null;
};

/** The remedy per code, for staff, where the server names none; the title is the server's sentence. */
const remedies = {
  BAD_REQUEST: "Correct it and send it again.",
  UNAUTHENTICATED: "Your sign-in has ended. Sign in again and repeat it.",
  FORBIDDEN: "Ask a colleague with the role admin.",
  NOT_FOUND: "It may have been removed since the page was loaded.",
  CONFLICT: "Reload the page: somebody may have changed it meanwhile.",
  PAYLOAD_TOO_LARGE: "Send less at once.",
  RATE_LIMITED: "Wait a little and try again.",
  SEATS_EXHAUSTED: "Look at the license's seats.",
  LICENSE_NOT_USABLE: "Look at the license's status.",
  LEASE_INVALID: "The desktop has to acquire a seat again.",
  LEASE_EXPIRED: "The desktop acquires a seat again by itself.",
  PAYMENT_FAILED: "The customer has to use another card.",
  GATEWAY_UNAVAILABLE: "Nothing was charged. Look at the payment provider's status page.",
  UNAVAILABLE: "Look at /health/ready: it names what is out of reach.",
  INTERNAL: "Look the request up in the server's log.",
} as const satisfies Record<ErrorCode, string>;

const remedyIn = (details: Problem["details"]): string | null => {
  const remedy = details?.["remedy"];
  return typeof remedy === "string" && remedy !== "" ? remedy : null;
};

const explainAuth = ({ status, code, message }: AuthError): Explanation => {
  const requestId = null;
  if (status === 429) {
    return { title: "Too many tries.", remedy: "Wait a minute and try again.", requestId };
  }
  if (status === 0 || status >= 500) {
    return { title: "Sign-in did not answer.", remedy: "Look at /health/ready.", requestId };
  }
  if (code === "INVALID_EMAIL_OR_PASSWORD") {
    const title = "Mail address and password do not match.";
    return { title, remedy: "Check both and try again.", requestId };
  }
  return { title: message, remedy: "Correct it and try again.", requestId };
};

/** Turns any failure into words. Trouble with the network is told as that and as nothing else. */
export const explain = (error: unknown): Explanation => {
  if (error instanceof AuthError) return explainAuth(error);
  const problem = problemOf(error);
  if (problem === null) {
    return {
      title: "Latchkey did not answer.",
      remedy: "Check your network and try again.",
      requestId: null,
    };
  }
  const { code, details, detail, title, requestId } = problem;
  return { title: detail || title, remedy: remedyIn(details) ?? remedies[code], requestId };
};
