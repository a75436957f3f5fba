import { DomainError, errorCatalogue, isDomainError } from "@latchkey/contracts";
import type { ErrorCode, InputIssue, Problem } from "@latchkey/contracts";
import { isUnavailable } from "@latchkey/db";
import { TRPCError } from "@trpc/server";
import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import type { z } from "zod";

/** What a schema found wrong, as answers tell it. */
export const toIssues = ({ issues }: z.ZodError): InputIssue[] =>
  issues.map(({ path, message }) => ({
    path: path.map((step) => (typeof step === "number" ? step : String(step))),
    message,
  }));

/** BAD_REQUEST that says what is wrong with the input as a whole. */
export const badRequest = (message: string, issues: InputIssue[] = []): DomainError =>
  new DomainError("BAD_REQUEST", { issues }, message);

/** BAD_REQUEST that names every field which a schema refused. */
export const fromSchema = (error: z.ZodError): DomainError => {
  const issues = toIssues(error);
  const fields = issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
  return badRequest(fields.join("; ").slice(0, 1000), issues);
};

/** What tRPC's door answers to an input that is no JSON. */
export const malformedInput = (): DomainError =>
  badRequest("The request is not what this procedure takes: malformed JSON or input.");

/** What tRPC itself refuses before a procedure runs: malformed JSON, unknown paths, wrong methods. */
const fromTrpc = (error: TRPCError): DomainError => {
  switch (error.code) {
    case "BAD_REQUEST":
    case "PARSE_ERROR":
      return malformedInput();
    case "METHOD_NOT_SUPPORTED":
      return badRequest("This procedure is called by another HTTP method.");
    case "UNSUPPORTED_MEDIA_TYPE":
      return badRequest("Send the input as application/json.");
    case "NOT_FOUND":
      return new DomainError("NOT_FOUND", {}, "There is no such procedure.");
    case "PAYLOAD_TOO_LARGE":
      return new DomainError("PAYLOAD_TOO_LARGE", {});
    default:
      return new DomainError("INTERNAL", {});
  }
};

/**
 * The error of the catalogue that stands for any error: the verb's own, BAD_REQUEST for what tRPC
 * cannot read, UNAVAILABLE for a database out of reach, INTERNAL for the rest.
 */
export const toDomainError = (error: unknown): DomainError => {
  if (isDomainError(error)) return error;
  if (!(error instanceof TRPCError)) {
    return isUnavailable(error)
      ? new DomainError("UNAVAILABLE", { retryAfterSeconds: 5 })
      : new DomainError("INTERNAL", {});
  }
  if (error.cause === undefined) return fromTrpc(error);
  if (isDomainError(error.cause)) return error.cause;
  return error.code === "INTERNAL_SERVER_ERROR" ? toDomainError(error.cause) : fromTrpc(error);
};

const withoutStack = <Made extends Error>(make: () => Made): Made => {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
};

/**
 * The error as tRPC throws it: its code by the catalogue, the domain's error as its cause. It has no stack of its own:
 * that of the cause says more, and in a storm nobody wants either.
 */
export const toTrpcError = (error: DomainError): TRPCError => {
  const code = errorCatalogue[error.code].trpcCode;
  return withoutStack(() => new TRPCError({ code, message: error.message, cause: error }));
};

/** The status that HTTP gives the refusal where it is finer than the catalogue: 405, 415. */
const statusOf = (error: unknown, code: ErrorCode): number =>
  error instanceof TRPCError && code === "BAD_REQUEST"
    ? getHTTPStatusCodeFromError(error)
    : errorCatalogue[code].httpStatus;

/** Writes any error as RFC 9457 problem details; an unknown one tells its request id and nothing else. */
export const toProblem = (error: unknown, requestId: string, status?: number): Problem => {
  const { code, details, message } = toDomainError(error);
  const { issues, ...rest } = { issues: undefined, ...details };
  return {
    type: `urn:latchkey:error:${code}`,
    title: errorCatalogue[code].title,
    status: status ?? statusOf(error, code),
    detail: message,
    code,
    requestId,
    ...(Object.keys(rest).length > 0 && { details: rest }),
    ...(issues && { issues }),
  };
};

/** Seconds to wait before the same request may succeed, for `Retry-After`; null where waiting is no help. */
export const retryAfterSeconds = (error: unknown): number | null => {
  const { code, details } = toDomainError(error);
  if ("retryAfterSeconds" in details) return details.retryAfterSeconds;
  if (code === "GATEWAY_UNAVAILABLE") return 5;
  // A seat frees itself at the latest when a lease runs out; asking again sooner than this is noise.
  if (code === "SEATS_EXHAUSTED") return 30;
  return null;
};
