import { listProcedures, routineErrors } from "@latchkey/contracts";
import type { Request, RequestHandler, Response } from "express";
import type { Logger } from "pino";
import { pinoHttp } from "pino-http";
import { requestIdOf } from "../trpc/context.ts";
import type { Trace } from "../trpc/context.ts";
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

const hotPaths = new Set(
  listProcedures()
    .filter(({ procedure }) => procedure.hotPath)
    .map(({ path }) => path),
);
/** How calls on the hot path end by the thousand; the metrics count them. */
const routineOutcomes: ReadonlySet<string> = new Set(["OK", ...routineErrors]);

const isRoutine = ({ procedures }: Trace): boolean =>
  procedures.length > 0 &&
  procedures.every(({ path, outcome }) => hotPaths.has(path) && routineOutcomes.has(outcome));

/** How loud a request's line is: `error` for a failure of ours, `debug` for the hot path's routine. */
export const levelOf = (status: number, trace: Trace): "debug" | "info" | "error" => {
  if (status >= 500) return "error";
  return isRoutine(trace) ? "debug" : "info";
};

interface Answered {
  readonly method: string | undefined;
  readonly url: string;
  readonly status: number;
  readonly trace: Trace;
  readonly milliseconds: number | undefined;
}

/** What the log tells of a request, beside its id. */
export const lineOf = ({ method, url, status, trace, milliseconds }: Answered) => ({
  method,
  path: loggablePath(url),
  status,
  ...trace,
  milliseconds,
});

interface PinoLine {
  readonly responseTime?: number;
}

const lineOfPino = (request: Request, response: Response, { responseTime }: PinoLine) =>
  lineOf({
    method: request.method,
    url: request.originalUrl,
    status: response.statusCode,
    trace: traceOf(request),
    milliseconds: responseTime,
  });

/**
 * One wide line per request: id, method, path, status, actor, procedures with their outcomes,
 * milliseconds; at `debug` where it is the hot path's routine. Never a body, a header or a query. Gives
 * every answer its X-Request-Id.
 */
export const createRequestLog = (logger: Logger): RequestHandler =>
  pinoHttp<Request, Response>({
    logger,
    genReqId: (request, response) => {
      const id = requestIdOf(request.headers["x-request-id"]);
      response.setHeader("X-Request-Id", id);
      // Whoever reads the header further in, such as sign-in, speaks of the same request.
      request.headers["x-request-id"] = id;
      return id;
    },
    wrapSerializers: false,
    serializers: { req: () => undefined, res: () => undefined, err: () => undefined },
    customLogLevel: (request, { statusCode }) => levelOf(statusCode, traceOf(request)),
    customSuccessMessage: () => "request",
    customErrorMessage: () => "request",
    customSuccessObject: (request, response, line: PinoLine) => lineOfPino(request, response, line),
    customErrorObject: (request, response, _error, line: PinoLine) =>
      lineOfPino(request, response, line),
    quietReqLogger: true,
    customAttributeKeys: { reqId: "requestId" },
    autoLogging: { ignore: ({ url }) => /^\/(health|metrics)/.test(url ?? "") },
  });
