import { DomainError } from "@latchkey/contracts";
import type { Log } from "@latchkey/core/ports";
import type { ErrorRequestHandler, RequestHandler, Response } from "express";
import { badRequest, retryAfterSeconds, toDomainError, toProblem } from "../trpc/problem.ts";
import { givenRequestId } from "./request-facts.ts";

/** Answers any error as RFC 9457 problem details; `status` where it is finer than the catalogue's. */
export const sendProblem = (response: Response, error: unknown, status?: number): void => {
  const problem = toProblem(error, givenRequestId(response.req), status);
  const waitSeconds = retryAfterSeconds(error);
  if (waitSeconds !== null) response.setHeader("Retry-After", String(waitSeconds));
  response.status(problem.status).type("application/problem+json").send(JSON.stringify(problem));
};

/** Answers a path that nothing stands behind. */
export const answerUnknownPath: RequestHandler = (_request, response) => {
  sendProblem(response, new DomainError("NOT_FOUND", {}, "There is nothing under this address."));
};

/** The status that Express or its body parser gives an error, when it is the caller's fault. */
const clientStatusOf = (error: unknown): number | null => {
  if (!(error instanceof Error) || !("status" in error)) return null;
  const { status } = error;
  return typeof status === "number" && status >= 400 && status < 500 ? status : null;
};

/** What a body that is no JSON is answered, and a path that cannot be read. */
export const malformedRequest = (): DomainError =>
  badRequest("The request is malformed: check its path and that its body is JSON.");

const refusal = (status: number): DomainError => {
  if (status === 413) return new DomainError("PAYLOAD_TOO_LARGE", {});
  if (status === 415) return badRequest("Send the body as application/json in UTF-8.");
  return malformedRequest();
};

/** The last handler: what the body parser and the router refuse, and what nobody expected. */
export const answerErrors =
  (log: Log): ErrorRequestHandler =>
  (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const status = clientStatusOf(error);
    if (status !== null) return sendProblem(response, refusal(status), status);
    const known = toDomainError(error);
    if (known.code === "INTERNAL") {
      log.error({ requestId: givenRequestId(request), err: error }, "request failed");
    }
    sendProblem(response, known);
  };
