import type { ProcedureContract } from "@latchkey/contracts";
import { initTRPC } from "@trpc/server";
import type { ErrorShape } from "./app-router.ts";
import type { Context } from "./context.ts";
import { toDomainError, toProblem } from "./problem.ts";

/** tRPC with our context and errors; the contract of a procedure is its meta. */
export const t = initTRPC
  .context<Context>()
  .meta<ProcedureContract | object>()
  .create({
    isDev: false,
    errorFormatter: ({ shape, error, ctx }): ErrorShape => ({
      ...shape,
      message: toDomainError(error).message,
      data: {
        ...shape.data,
        problem: toProblem(error, ctx?.call.requestId ?? "unknown"),
      },
    }),
  });
