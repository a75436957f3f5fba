/**
 * The hot path (design.md section 5): the procedures that the contract marks answer from here, straight
 * on `node:http` and before Express, at both of their addresses and by the very same ProcedureCall. It
 * takes the request that a desktop sends, a short JSON body of a told length from somebody who is not
 * signed in, and leaves everything else at those addresses to Express untouched: another method, a
 * query, a batch, a chunked or compressed body, an idempotency key, a cookie or a token. Which of the
 * two answered cannot be told from the answer (`both-doors.db.test.ts`).
 */
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { listProcedures } from "@latchkey/contracts";
import type { Log } from "@latchkey/core/ports";
import type { Logger } from "pino";
import proxyAddress from "proxy-addr";
import type { Procedures } from "../routers/index.ts";
import { createAnonymousContext, requestIdOf } from "../trpc/context.ts";
import { retryAfterSeconds } from "../trpc/problem.ts";
import type { ProcedureCall } from "../trpc/procedure-call.ts";
import { maxBodyBytes } from "./body-limit.ts";
import { callerAddress } from "./caller-address.ts";
import type { ProxyTrust } from "./caller-address.ts";
import { createHotRestDoor, createHotTrpcDoor } from "./hot-doors.ts";
import type { HotAnswer, HotDoor } from "./hot-doors.ts";
import { levelOf, lineOf } from "./request-log.ts";

export interface HotPathDeps extends Procedures {
  readonly apiHeaders: Readonly<Record<string, string>>;
  readonly trust: ProxyTrust;
  readonly log: Log;
  readonly logger: Logger;
}

interface HotRoute {
  readonly path: string;
  readonly call: ProcedureCall;
  readonly door: HotDoor;
}

const routesOf = ({ router, callOf }: Procedures): ReadonlyMap<string, HotRoute> => {
  const hot = listProcedures().filter(({ procedure }) => procedure.hotPath);
  const routes = hot.flatMap(({ path, procedure }) =>
    [createHotRestDoor({ path, procedure }), createHotTrpcDoor({ path, procedure }, router)].map(
      (door): [string, HotRoute] => [door.url, { path, call: callOf(procedure), door }],
    ),
  );
  return new Map(routes);
};

const jsonInUtf8 = /^application\/json(?:; ?charset=utf-8)?$/i;

/** Whether the request is of the kind that is answered here. */
const isPlain = ({ method, headers }: IncomingMessage): boolean => {
  const bodyBytes = Number(headers["content-length"] ?? 0);
  return (
    method === "POST" &&
    bodyBytes > 0 &&
    bodyBytes <= maxBodyBytes &&
    jsonInUtf8.test(headers["content-type"] ?? "") &&
    headers["content-encoding"] === undefined &&
    headers["idempotency-key"] === undefined &&
    headers.authorization === undefined &&
    headers.cookie === undefined &&
    headers["trpc-accept"] === undefined &&
    !headers.accept?.includes("jsonl")
  );
};

const byteOrderMark = 0xfeff;

/** The body as text, without a byte order mark; null when the caller hung up before its end. */
const readText = (request: IncomingMessage): Promise<string | null> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const [first] = chunks;
      const text = (chunks.length === 1 && first ? first : Buffer.concat(chunks)).toString();
      resolve(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text);
    });
    request.on("close", () => resolve(null));
  });

/** Puts the hot path before another listener, which gets every request that is not answered here. */
export const createHotPath = (deps: HotPathDeps) => {
  const { apiHeaders, trust, log, logger } = deps;
  const routes = routesOf(deps);

  const send = (
    response: ServerResponse,
    { status, headers, body }: HotAnswer,
    own: Readonly<Record<string, string>>,
  ): void => {
    const length = status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) };
    response.writeHead(status, { ...apiHeaders, ...headers, ...own, ...length });
    response.end(body);
  };

  const serve = async (
    { path, call, door }: HotRoute,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> => {
    const startedMs = Date.now();
    const text = await readText(request);
    if (text === null) return;
    const requestId = requestIdOf(request.headers["x-request-id"]);
    const ctx = createAnonymousContext({
      requestId,
      address: callerAddress({ ip: proxyAddress(request, trust) }),
      userAgent: request.headers["user-agent"],
      setHeader: (name, value) => void response.setHeader(name, value),
    });
    const own: Record<string, string> = { "X-Request-Id": requestId };
    let answer: HotAnswer;
    try {
      answer = door.answer(await call({ path, ctx, readInput: door.readerOf(text) }));
    } catch (error) {
      answer = door.refuse(error, ctx);
      const waitSeconds = retryAfterSeconds(error);
      if (waitSeconds !== null) own["Retry-After"] = String(waitSeconds);
    }
    send(response, answer, own);
    const { status } = answer;
    const level = levelOf(status, ctx.trace);
    if (!logger.isLevelEnabled(level)) return;
    const { method, url = "" } = request;
    const milliseconds = Date.now() - startedMs;
    const line = lineOf({ method, url, status, trace: ctx.trace, milliseconds });
    logger[level]({ requestId, ...line }, "request");
  };

  return (otherwise: RequestListener): RequestListener =>
    (request, response) => {
      const route = routes.get(request.url ?? "");
      if (route === undefined || !isPlain(request)) return void otherwise(request, response);
      serve(route, request, response).catch((error: unknown) => {
        log.error({ procedure: route.path, err: error }, "the hot path failed");
        response.destroy();
      });
    };
};
