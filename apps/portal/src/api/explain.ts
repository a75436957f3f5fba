import type { ErrorCode } from "@latchkey/contracts";
import { explainWith } from "@latchkey/ui/web";

const support = "If it stays so, tell support the request number below.";

/** What a customer can do, where the server names no remedy. True on every page. */
const remedies = {
  BAD_REQUEST: "Correct what is marked and send it again.",
  UNAUTHENTICATED: "Your sign-in has ended. Sign in again and repeat it.",
  FORBIDDEN: "Ask an owner of your organization to do it, or to give you the role for it.",
  NOT_FOUND: "It may have been removed, or belong to another of your organizations.",
  CONFLICT: "Something changed meanwhile. Reload the page and look again.",
  PAYLOAD_TOO_LARGE: "Send less at once.",
  RATE_LIMITED: "Wait a little and try again.",
  SEATS_EXHAUSTED: "End a session on the license's page, or choose a plan with more seats.",
  LICENSE_NOT_USABLE: "Open the license to see why, and who can fix it.",
  LEASE_INVALID: "Restart the app on that computer.",
  LEASE_EXPIRED: "The app takes a seat again by itself.",
  PAYMENT_FAILED: "Use another card, or ask your bank.",
  GATEWAY_UNAVAILABLE: "Nothing was charged. Try again in a minute.",
  UNAVAILABLE: "Nothing is lost. Try again in a minute.",
  INTERNAL: `Try again. ${support}`,
} as const satisfies Record<ErrorCode, string>;

export const explain = explainWith(remedies);
