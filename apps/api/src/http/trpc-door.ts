import type { Log } from "@latchkey/core/ports";
import { TRPCError, getTRPCErrorShape } from "@trpc/server";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import express from "express";
import type { Request, Response, Router } from "express";
import { badRequest, retryAfterSeconds, toDomainError } from "../trpc/problem.ts";
import { maxBodyBytes } from "./body-limit.ts";
import { factsOf } from "./request-facts.ts";
import type { DoorDeps } from "./rest.ts";

const maxBatchSize = 20;
const methods: ReadonlySet<string> = new Set(["GET", "HEAD", "POST"]);

/** What is wrong with a request as a whole; tRPC itself would say so outside of its own envelope. */
const findFault = (request: Request): TRPCError | null => {
  // tRPC makes a Request of it, which some methods may not be: TRACE would be a failure of ours.
  if (!methods.has(request.method)) return new TRPCError({ code: "METHOD_NOT_SUPPORTED" });
  if (request.method === "POST" && !request.is("application/json")) {
    return new TRPCError({
      code: "UNSUPPORTED_MEDIA_TYPE",
      cause: badRequest("Send the input as application/json."),
    });
  }
  if (request.path.split(",").length > maxBatchSize) {
    const cause = badRequest(`A batch may hold ${maxBatchSize} calls.`);
    return new TRPCError({ code: "BAD_REQUEST", cause });
  }
  return null;
};

/** The tRPC door: single calls and batches; it reads its own bodies, so no parser stands before it. */
export const createTrpcDoor = ({ router, contextOf, log }: DoorDeps & { log: Log }): Router => {
  const door = express.Router();
  const refuse = (request: Request, response: Response, error: TRPCError) => {
    const shape = getTRPCErrorShape({
      config: router._def._config,
      error,
      type: "unknown",
      path: undefined,
      input: undefined,
      ctx: contextOf(factsOf(request, response, 1)),
    });
    response.status(shape.data.httpStatus).json({ error: shape });
  };
  door.use((request, response, next) => {
    const fault = findFault(request);
    if (fault) refuse(request, response, fault);
    else next();
  });
  door.use(
    createExpressMiddleware({
      router,
      maxBodySize: maxBodyBytes,
      maxBatchSize,
      createContext: ({ req, res, info }) => contextOf(factsOf(req, res, info.calls.length)),
      responseMeta: ({ errors }) => {
        const waits = errors.map(retryAfterSeconds).filter((wait) => wait !== null);
        if (waits.length === 0) return {};
        return { headers: new Headers({ "Retry-After": String(Math.max(...waits)) }) };
      },
      onError: ({ error, ctx, path }) => {
        // What a procedure threw is translated and logged there; this is what broke before it ran.
        if (error.cause === toDomainError(error) || error.code !== "INTERNAL_SERVER_ERROR") return;
        log.error({ requestId: ctx?.call.requestId, procedure: path, err: error }, "tRPC failed");
      },
    }),
  );
  return door;
};
