import { DomainError } from "@latchkey/contracts";
import type { ProcedureContract } from "@latchkey/contracts";
import { actingAs } from "@latchkey/core";
import type { Call, Core } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import type { z } from "zod";
import { resolveActor } from "./access.ts";
import type { ProcedureOf } from "./app-router.ts";
import type { Context } from "./context.ts";
import { t } from "./init.ts";
import { badRequest, toDomainError, toTrpcError } from "./problem.ts";
import type { ProcedureMetrics } from "./procedure-metrics.ts";
import { findUnstorableText } from "./unstorable-text.ts";

export interface ProcedureDeps {
  readonly core: Pick<Core, "organizations" | "idempotency">;
  readonly mode: "sandbox" | "production";
  readonly metrics: ProcedureMetrics;
  readonly log: Log;
}

/** The core's verb behind a procedure: parsed input in, what the output schema takes out. */
export type Verb<Contract extends ProcedureContract> = (
  call: Call,
  input: z.output<Contract["input"]>,
) => Promise<z.input<Contract["output"]>>;

/** What the sign-in must learn from an answer once its effect is committed; runs on repeats too. */
export type AfterCommit<Contract extends ProcedureContract> = (
  context: Context,
  answer: z.output<Contract["output"]>,
) => Promise<void>;

/** Makes the tRPC procedure of a contract: every rule of the contract holds before the verb is called. */
export type BuildProcedure = <Contract extends ProcedureContract>(
  contract: Contract,
  verb: Verb<Contract>,
  afterCommit?: AfterCommit<Contract>,
) => ProcedureOf<Contract>;

interface Request {
  readonly ctx: Context;
  readonly input: unknown;
  readonly path: string;
}

/** Runs the work, or repeats the first answer where the request names it by an idempotency key. */
const answerOnce = async (
  { idempotency }: Pick<Core, "idempotency">,
  { kind, access, idempotency: mode }: ProcedureContract,
  { ctx, input, path }: Request,
  work: (call: Call) => Promise<unknown>,
): Promise<unknown> => {
  const key = ctx.idempotencyKey;
  if (kind === "query" || mode === undefined || key === null) return work(ctx.call);
  if (ctx.batchSize > 1) {
    throw badRequest("An Idempotency-Key names one call: send it outside of a batch.");
  }
  const { outcome, replayed } = await idempotency.answerOnce(
    ctx.call,
    { key, mode, procedure: path, access: access.kind, input },
    work,
  );
  if (replayed) ctx.setHeader("Idempotent-Replayed", "true");
  if ("error" in outcome) throw outcome.error;
  return outcome.answer;
};

/**
 * The base of all procedures, from the outside in: errors translated and logged once, sandbox only
 * where it exists, access, text that can be stored, the schema, the idempotency key, the verb, the
 * answer's schema.
 */
export const createProcedureBuilder = (deps: ProcedureDeps): BuildProcedure => {
  /** `next()` answers `ok: false` and does not throw, so the outcome is read from its answer. */
  const observed = t.middleware(async ({ ctx, path, next }) => {
    const startedMs = performance.now();
    const result = await next();
    const error = result.ok ? null : toDomainError(result.error);
    const outcome = error?.code ?? "OK";
    ctx.trace.procedures.push({ path, outcome });
    deps.metrics.observe(path, outcome, (performance.now() - startedMs) / 1000);
    if (result.ok || error === null) return result;
    if (error.code === "INTERNAL" || error.code === "UNAVAILABLE") {
      const { requestId } = ctx.call;
      deps.log.error({ requestId, procedure: path, err: result.error.cause }, "procedure failed");
    }
    throw toTrpcError(error);
  });

  const build = (
    contract: ProcedureContract,
    verb: Verb<ProcedureContract>,
    afterCommit?: AfterCommit<ProcedureContract>,
  ) => {
    const permitted = t.middleware(async ({ ctx, next }) => {
      if (contract.sandboxOnly && deps.mode !== "sandbox") {
        throw new DomainError("NOT_FOUND", {}, "There is no such procedure.");
      }
      const actor = await resolveActor(deps.core, ctx, contract.access);
      ctx.trace.actor = "userId" in actor ? `${actor.kind}:${actor.userId}` : actor.kind;
      return next({ ctx: { call: actingAs(ctx.call, actor) } });
    });

    const storable = t.middleware(async ({ getRawInput, next }) => {
      const issues = findUnstorableText(await getRawInput());
      if (issues.length > 0) throw new DomainError("BAD_REQUEST", { issues });
      return next();
    });

    const base = t.procedure
      .meta(contract)
      .use(observed)
      .use(permitted)
      .use(storable)
      .input(contract.input);

    const resolve = async ({ ctx, input, path }: Request) => {
      // Inside the idempotent transaction, so that an answer we may not give leaves no effect.
      const work = async (call: Call) => contract.output.parse(await verb(call, input));
      const answer = await answerOnce(deps.core, contract, { ctx, input, path }, work);
      await afterCommit?.(ctx, answer);
      return answer;
    };
    return contract.kind === "query" ? base.query(resolve) : base.mutation(resolve);
  };

  // The types of contract and procedure correspond by construction; tRPC's builder cannot follow a
  // contract that is still a type parameter.
  return build as unknown as BuildProcedure;
};
