import { DomainError } from "@latchkey/contracts";
import type { ProcedureContract } from "@latchkey/contracts";
import { actingAs } from "@latchkey/core";
import type { Call, Core } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import type { ProcedureMetrics } from "../metrics/procedure-metrics.ts";
import { resolveActor } from "./access.ts";
import type { Context } from "./context.ts";
import { badRequest, fromSchema, toDomainError } from "./problem.ts";
import { findUnstorableText } from "./unstorable-text.ts";

export interface ProcedureDeps {
  readonly core: Pick<Core, "organizations" | "idempotency">;
  readonly mode: "sandbox" | "production";
  readonly metrics: ProcedureMetrics;
  readonly log: Log;
}

/** One call of a procedure, as a door hands it in. */
export interface ProcedureRequest {
  /** Its dotted name, for the log and the metrics. */
  readonly path: string;
  readonly ctx: Context;
  /** What was sent, asked for once access is settled; throws what is wrong with it as a whole. */
  readInput(): unknown;
}

/**
 * Carries out a call and answers what the contract's output says, whichever door it came by. Throws the
 * DomainError of whatever went wrong, measured and, where it is ours, logged.
 */
export type ProcedureCall = (request: ProcedureRequest) => Promise<unknown>;

interface Definition {
  readonly contract: ProcedureContract;
  /** The core's verb: parsed input in, what the output schema takes out. */
  readonly verb: (call: Call, input: unknown) => Promise<unknown>;
  /** What the sign-in must learn from an answer once its effect is committed; runs on repeats too. */
  readonly afterCommit?: ((context: Context, answer: unknown) => Promise<void>) | undefined;
}

/** Runs the work, or repeats the first answer where the request names it by an idempotency key. */
const answerOnce = async (
  { idempotency }: Pick<Core, "idempotency">,
  { kind, access, idempotency: mode }: ProcedureContract,
  { path, ctx }: ProcedureRequest,
  { call, input }: { call: Call; input: unknown },
  work: (call: Call) => Promise<unknown>,
): Promise<unknown> => {
  const key = ctx.idempotencyKey;
  if (kind === "query" || mode === undefined || key === null) return work(call);
  if (ctx.batchSize > 1) {
    throw badRequest("An Idempotency-Key names one call: send it outside of a batch.");
  }
  const { outcome, replayed } = await idempotency.answerOnce(
    call,
    { key, mode, procedure: path, access: access.kind, input },
    work,
  );
  if (replayed) ctx.setHeader("Idempotent-Replayed", "true");
  if ("error" in outcome) throw outcome.error;
  return outcome.answer;
};

/**
 * What every door runs for a procedure, from the outside in: errors translated and logged once, sandbox
 * only where it exists, access, text that can be stored, the schema, the idempotency key, the verb, the
 * answer's schema.
 */
export const createProcedureCall = (
  { core, mode, metrics, log }: ProcedureDeps,
  { contract, verb, afterCommit }: Definition,
): ProcedureCall => {
  const permit = async ({ ctx }: ProcedureRequest): Promise<Call> => {
    if (contract.sandboxOnly && mode !== "sandbox") {
      throw new DomainError("NOT_FOUND", {}, "There is no such procedure.");
    }
    const actor = await resolveActor(core, ctx, contract.access);
    ctx.trace.actor = "userId" in actor ? `${actor.kind}:${actor.userId}` : actor.kind;
    return actingAs(ctx.call, actor);
  };

  const readInput = async (request: ProcedureRequest): Promise<unknown> => {
    const sent = await request.readInput();
    const issues = findUnstorableText(sent);
    if (issues.length > 0) throw new DomainError("BAD_REQUEST", { issues });
    const parsed = contract.input.safeParse(sent);
    if (parsed.success) return parsed.data;
    throw fromSchema(parsed.error);
  };

  const carryOut = async (request: ProcedureRequest): Promise<unknown> => {
    const call = await permit(request);
    const input = await readInput(request);
    // Inside the idempotent transaction, so that an answer we may not give leaves no effect.
    const work = async (by: Call) => contract.output.parse(await verb(by, input));
    const answer = await answerOnce(core, contract, request, { call, input }, work);
    await afterCommit?.(request.ctx, answer);
    return answer;
  };

  return async (request) => {
    const { path, ctx } = request;
    const startedMs = performance.now();
    const tell = (outcome: Context["trace"]["procedures"][number]["outcome"]) => {
      ctx.trace.procedures.push({ path, outcome });
      metrics.observe(path, outcome, (performance.now() - startedMs) / 1000);
    };
    try {
      const answer = await carryOut(request);
      tell("OK");
      return answer;
    } catch (error) {
      const known = toDomainError(error);
      tell(known.code);
      if (known.code === "INTERNAL" || known.code === "UNAVAILABLE") {
        const { requestId } = ctx.call;
        log.error({ requestId, procedure: path, err: error }, "procedure failed");
      }
      throw known;
    }
  };
};
