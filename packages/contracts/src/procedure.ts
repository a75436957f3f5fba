import type { z } from "zod";
import type { MemberPermission, StaffPermission } from "./permissions.ts";

/** Who may call a procedure; the API enforces it before the verb, and a table test walks it. */
export type Access =
  | { readonly kind: "public" }
  | { readonly kind: "licenseKey" }
  | { readonly kind: "lease" }
  | { readonly kind: "signedIn" }
  | {
      readonly kind: "member";
      readonly permission: MemberPermission;
      readonly verifiedEmail?: true;
    }
  | { readonly kind: "staff"; readonly permission: StaffPermission };

export interface RestRoute {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Below /api/v1, with `{name}` for every input field that travels in the path. */
  readonly path: string;
  readonly tag: string;
  readonly successStatus: 200 | 201 | 204;
}

/** One procedure, declared once: the API mounts it over tRPC and REST, and OpenAPI prints it. */
export interface ProcedureContract<
  Kind extends "query" | "mutation" = "query" | "mutation",
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
> {
  readonly kind: Kind;
  readonly summary: string;
  readonly access: Access;
  readonly rest: RestRoute;
  readonly input: Input;
  readonly output: Output;
  /** Exists only where the sandbox is on. */
  readonly sandboxOnly?: true;
  /**
   * How an `Idempotency-Key` makes the first answer repeatable. `transaction`: the answer commits
   * with the effect. `converging`: the effect reaches beyond one transaction (a charge, a group
   * commit) and repeats harmlessly by its own natural key, and the answer is stored after it.
   */
  readonly idempotency?: "transaction" | "converging";
  /**
   * Called by the thousand each second: the API answers it on `node:http` itself, before Express, and
   * keeps what such a call ends in every day out of the log. Such a procedure is a POST that takes its
   * whole input from the body.
   */
  readonly hotPath?: true;
}

type Declaration<Input extends z.ZodType, Output extends z.ZodType> = Omit<
  ProcedureContract<"query" | "mutation", Input, Output>,
  "kind"
>;

/** Declares a procedure that reads. */
export const query = <Input extends z.ZodType, Output extends z.ZodType>(
  declaration: Declaration<Input, Output>,
): ProcedureContract<"query", Input, Output> => ({ kind: "query", ...declaration });

/** Declares a procedure that changes something; its effect is one transaction unless it says otherwise. */
export const mutation = <Input extends z.ZodType, Output extends z.ZodType>(
  declaration: Declaration<Input, Output>,
): ProcedureContract<"mutation", Input, Output> => ({
  kind: "mutation",
  idempotency: "transaction",
  ...declaration,
});
