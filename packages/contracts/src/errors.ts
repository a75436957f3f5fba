import { z } from "zod";
import { Instant } from "./primitives.ts";
import { ValidationCode } from "./validation-code.ts";

/** One thing wrong with the input: where, what, and what to send instead. */
export const InputIssue = z.strictObject({
  path: z.array(z.union([z.string(), z.number()])),
  message: z.string(),
});
export type InputIssue = z.infer<typeof InputIssue>;

const remedy = z.strictObject({ remedy: z.string().optional() });

/** Who holds a seat; only members of the license's organization are told. */
export const SeatHolder = z.strictObject({
  machineName: z.string(),
  startedAt: Instant,
  lastHeartbeatAt: Instant,
});
export type SeatHolder = z.infer<typeof SeatHolder>;

interface ErrorEntry {
  readonly httpStatus: number;
  readonly trpcCode:
    | "BAD_REQUEST"
    | "UNAUTHORIZED"
    | "FORBIDDEN"
    | "NOT_FOUND"
    | "CONFLICT"
    | "PAYLOAD_TOO_LARGE"
    | "TOO_MANY_REQUESTS"
    | "PAYMENT_REQUIRED"
    | "SERVICE_UNAVAILABLE"
    | "INTERNAL_SERVER_ERROR";
  /** The sentence that stands where the thrower gives none. */
  readonly title: string;
  readonly details: z.ZodType;
  /** Whether the same call may succeed later without being changed: jobs retry on these alone. */
  readonly retryable: boolean;
}

/** Every error that a Latchkey server answers; clients switch over its keys. */
export const errorCatalogue = {
  BAD_REQUEST: {
    httpStatus: 400,
    trpcCode: "BAD_REQUEST",
    title: "The request is not valid.",
    details: z.strictObject({ issues: z.array(InputIssue) }),
    retryable: false,
  },
  UNAUTHENTICATED: {
    httpStatus: 401,
    trpcCode: "UNAUTHORIZED",
    title: "Sign in first.",
    details: remedy,
    retryable: false,
  },
  FORBIDDEN: {
    httpStatus: 403,
    trpcCode: "FORBIDDEN",
    title: "Your role does not allow this.",
    details: remedy,
    retryable: false,
  },
  NOT_FOUND: {
    httpStatus: 404,
    trpcCode: "NOT_FOUND",
    title: "There is nothing here under that id.",
    details: remedy,
    retryable: false,
  },
  CONFLICT: {
    httpStatus: 409,
    trpcCode: "CONFLICT",
    title: "This conflicts with the present state.",
    details: remedy,
    retryable: false,
  },
  PAYLOAD_TOO_LARGE: {
    httpStatus: 413,
    trpcCode: "PAYLOAD_TOO_LARGE",
    title: "The body is larger than 256 KiB.",
    details: remedy,
    retryable: false,
  },
  RATE_LIMITED: {
    httpStatus: 429,
    trpcCode: "TOO_MANY_REQUESTS",
    title: "Too many requests; slow down.",
    details: z.strictObject({ retryAfterSeconds: z.int().min(1) }),
    retryable: true,
  },
  SEATS_EXHAUSTED: {
    httpStatus: 429,
    trpcCode: "TOO_MANY_REQUESTS",
    title: "All seats of this license are in use.",
    details: z.strictObject({
      maxSeats: z.int(),
      usedSeats: z.int(),
      /** The signed no (`latchkey-refusal+jwt`), which alone makes a client give up a lease. */
      refusal: z.string(),
      holders: z.array(SeatHolder).optional(),
    }),
    retryable: true,
  },
  LICENSE_NOT_USABLE: {
    httpStatus: 403,
    trpcCode: "FORBIDDEN",
    title: "This license cannot be used.",
    details: z.strictObject({
      validationCode: ValidationCode,
      /** Absent only where no license stands behind the key, so that no product key can sign. */
      refusal: z.string().optional(),
    }),
    retryable: false,
  },
  LEASE_INVALID: {
    httpStatus: 401,
    trpcCode: "UNAUTHORIZED",
    title: "This lease was not issued by this server.",
    details: remedy,
    retryable: false,
  },
  LEASE_EXPIRED: {
    httpStatus: 409,
    trpcCode: "CONFLICT",
    title: "The session behind this lease has ended; acquire a seat again.",
    details: z.strictObject({ endReason: z.string(), refusal: z.string() }),
    retryable: false,
  },
  PAYMENT_FAILED: {
    httpStatus: 402,
    trpcCode: "PAYMENT_REQUIRED",
    title: "The payment failed.",
    details: z.strictObject({ declineCode: z.string(), remedy: z.string() }),
    retryable: false,
  },
  GATEWAY_UNAVAILABLE: {
    httpStatus: 503,
    trpcCode: "SERVICE_UNAVAILABLE",
    title: "The payment provider does not answer; nothing was charged.",
    details: remedy,
    retryable: true,
  },
  UNAVAILABLE: {
    httpStatus: 503,
    trpcCode: "SERVICE_UNAVAILABLE",
    title: "The server cannot do this now; try again.",
    details: z.strictObject({ retryAfterSeconds: z.int().min(1) }),
    retryable: true,
  },
  INTERNAL: {
    httpStatus: 500,
    trpcCode: "INTERNAL_SERVER_ERROR",
    title: "Something went wrong on our side.",
    details: z.strictObject({}),
    retryable: true,
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
export type ErrorDetails<Code extends ErrorCode> = z.infer<
  (typeof errorCatalogue)[Code]["details"]
>;

/** Every code of the catalogue, for exhaustive tables. */
export const errorCodes = Object.keys(errorCatalogue) as ErrorCode[];

/**
 * Codes that are answers like any other, given by the thousand in a storm while all is well: they are logged quietly,
 * and their errors have no stack, since nobody reads where they were made.
 */
export const routineErrors: ReadonlySet<ErrorCode> = new Set(["SEATS_EXHAUSTED", "RATE_LIMITED"]);

/** The one error that verbs throw; three edges translate it (tRPC, REST, jobs). */
export class DomainError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: Code;
  readonly details: ErrorDetails<Code>;

  constructor(code: Code, details: ErrorDetails<Code>, message?: string) {
    // The limit is the whole process's, and V8's alone: elsewhere this does nothing.
    const { stackTraceLimit } = Error;
    if (routineErrors.has(code)) Error.stackTraceLimit = 0;
    super(message ?? errorCatalogue[code].title);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = "DomainError";
    this.code = code;
    this.details = details;
  }
}

/** Whether `error` is a DomainError, of `code` where one is given. */
export const isDomainError = <Code extends ErrorCode>(
  error: unknown,
  code?: Code,
): error is DomainError<Code> =>
  error instanceof DomainError && (code === undefined || error.code === code);

/** RFC 9457 problem details, the body of every REST error and `error.data.problem` over tRPC. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(errorCodes),
    requestId: z.string(),
    details: z.record(z.string(), z.unknown()).optional(),
    issues: z.array(InputIssue).optional(),
  })
  .meta({ id: "Problem", description: "RFC 9457 problem details" });
export type Problem = z.infer<typeof Problem>;
