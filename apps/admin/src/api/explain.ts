import type { ErrorCode } from "@latchkey/contracts";
import { explainWith } from "@latchkey/ui/web";

/** What staff can do, where the server names no remedy. */
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

export const explain = explainWith(remedies);
