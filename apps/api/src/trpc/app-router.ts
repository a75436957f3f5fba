import type { Problem, ProcedureContract, contract } from "@latchkey/contracts";
import type {
  TRPCBuiltRouter,
  TRPCDefaultErrorShape,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
} from "@trpc/server";
import type { z } from "zod";

/** What tRPC answers for an error; `data.problem` is what REST answers for the same one. */
export type ErrorShape = Omit<TRPCDefaultErrorShape, "data"> & {
  readonly data: Omit<TRPCDefaultErrorShape["data"], "stack"> & { readonly problem: Problem };
};

interface Definition<Contract extends ProcedureContract> {
  readonly meta: unknown;
  readonly input: z.input<Contract["input"]>;
  readonly output: z.output<Contract["output"]>;
  readonly errorShape: ErrorShape;
}

/** The tRPC procedure of a contract. */
export type ProcedureOf<Contract extends ProcedureContract> = Contract["kind"] extends "query"
  ? TRPCQueryProcedure<Definition<Contract>>
  : TRPCMutationProcedure<Definition<Contract>>;

/** The tRPC procedures of a tree of contracts: the same leaves under the same names. */
export type RecordOf<Tree> = {
  [Name in keyof Tree]: Tree[Name] extends ProcedureContract
    ? ProcedureOf<Tree[Name]>
    : RecordOf<Tree[Name]>;
};

/** The router over a context: what the server builds. */
export type RouterOf<Context extends object> = TRPCBuiltRouter<
  { ctx: Context; meta: object; errorShape: ErrorShape; transformer: false },
  RecordOf<typeof contract>
>;

/**
 * The API as its TypeScript clients see it. It is computed from the contract and names nothing of the
 * server, so that a client's type check reads none of the server's code.
 */
export type AppRouter = RouterOf<object>;
