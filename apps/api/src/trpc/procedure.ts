import type { ProcedureContract } from "@latchkey/contracts";
import type { Call } from "@latchkey/core";
import type { z } from "zod";
import type { ProcedureOf } from "./app-router.ts";
import type { Context } from "./context.ts";
import { t } from "./init.ts";
import { toDomainError, toTrpcError } from "./problem.ts";
import { createProcedureCall } from "./procedure-call.ts";
import type { ProcedureCall, ProcedureDeps } from "./procedure-call.ts";

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

export interface ProcedureBuilder {
  readonly build: BuildProcedure;
  /** What was built of the contract, for the doors that need no tRPC. */
  callOf(contract: ProcedureContract): ProcedureCall;
}

/**
 * Builds procedures. tRPC carries them to its clients and decides nothing: what a procedure does is its
 * ProcedureCall, which every door runs.
 */
export const createProcedureBuilder = (deps: ProcedureDeps): ProcedureBuilder => {
  const calls = new Map<ProcedureContract, ProcedureCall>();

  const build = (
    contract: ProcedureContract,
    verb: Verb<ProcedureContract>,
    afterCommit?: AfterCommit<ProcedureContract>,
  ) => {
    const call = createProcedureCall(deps, { contract, verb, afterCommit });
    calls.set(contract, call);
    const answered = t.middleware(async ({ ctx, path, getRawInput, next }) => {
      try {
        return await next({ ctx: { answer: await call({ ctx, path, readInput: getRawInput }) } });
      } catch (error) {
        throw toTrpcError(toDomainError(error));
      }
    });
    const base = t.procedure.meta(contract).use(answered);
    const resolve = ({ ctx }: { ctx: { answer: unknown } }) => ctx.answer;
    return contract.kind === "query" ? base.query(resolve) : base.mutation(resolve);
  };

  return {
    // The types of contract and procedure correspond by construction; tRPC's builder cannot follow a
    // contract that is still a type parameter.
    build: build as unknown as BuildProcedure,
    callOf: (contract) => {
      const call = calls.get(contract);
      if (call) return call;
      throw new Error(`No procedure was built of ${contract.rest.path}.`);
    },
  };
};
