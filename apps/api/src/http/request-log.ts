import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import { requestIdOf } from "../trpc/context.ts";
import { traceOf } from "./request-facts.ts";

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The path for the log: without its query, and with whatever looks like a token blotted out, since
 * mailed links carry theirs in either.
 */
export const loggablePath = (url: string): string =>
  (url.split("?", 1)[0] ?? "")
    .slice(0, 512)
    .split("/")
    .map((part) => (/^[\w-]{20,}$/.test(part) && !uuid.test(part) ? "[redacted]" : part))
    .join("/");

const firstOf = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

interface PinoLine {
  readonly responseTime?: number;
}

const lineOf = (request: Request, response: Response, { responseTime }: PinoLine) => ({
  method: request.method,
  path: loggablePath(request.originalUrl),
  status: response.statusCode,
  ...traceOf(request),
  milliseconds: responseTime,
});

/**
 * One wide line per request: id, method, path, status, actor, procedures with their outcomes,
 * milliseconds. Never a body, a header or a query. Gives every answer its X-Request-Id.
 */
export const createRequestLog = (logger: Logger): RequestHandler =>
  pinoHttp<Request, Response>({
    logger,
    genReqId: (request, response) => {
      const id = requestIdOf(firstOf(request.headers["x-request-id"]));
      response.setHeader("X-Request-Id", id);
      // Whoever reads the header further in, such as sign-in, speaks of the same request.
      request.headers["x-request-id"] = id;
      return id;
    },
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: (_request, { statusCode }) => (statusCode >= 500 ? "error" : "info"),
    customSuccessMessage: () => "request",
    customErrorMessage: () => "request",
    customSuccessObject: (request, response, line: PinoLine) => lineOf(request, response, line),
    customErrorObject: (request, response, _error, line: PinoLine) =>
      lineOf(request, response, line),
    quietReqLogger: true,
    customAttributeKeys: { reqId: "requestId" },
    autoLogging: { ignore: ({ url }) => /^\/(health|metrics)/.test(url ?? "") },
  });
