import type { Log } from "@latchkey/core/ports";
import { createExpressMiddleware } from "@trpc/server/adapters/express";
import type { Handler } from "express";
import { retryAfterSeconds, toDomainError } from "../trpc/problem.ts";
import { factsOf } from "./request-facts.ts";
import { maxBodyBytes } from "./rest.ts";
import type { RestDeps } from "./rest.ts";

const maxBatchSize = 20;

/** The tRPC door: single calls and batches; it reads its own bodies, so no parser stands before it. */
export const createTrpcDoor = ({ router, contextOf, log }: RestDeps & { log: Log }): Handler =>
  createExpressMiddleware({
    router,
    maxBodySize: maxBodyBytes,
    maxBatchSize,
    createContext: ({ req, res, info }) => contextOf(factsOf(req, res, info.calls.length)),
    responseMeta: ({ errors }) => {
      const waits = errors.map(retryAfterSeconds).filter((wait) => wait !== null);
      const headers = new Headers({ "Cache-Control": "no-store" });
      if (waits.length > 0) headers.set("Retry-After", String(Math.max(...waits)));
      return { headers };
    },
    onError: ({ error, ctx, path }) => {
      // What a procedure threw is translated and logged there; this is what broke before it ran.
      if (error.cause === toDomainError(error) || error.code !== "INTERNAL_SERVER_ERROR") return;
      log.error({ requestId: ctx?.call.requestId, procedure: path, err: error }, "tRPC failed");
    },
  });
