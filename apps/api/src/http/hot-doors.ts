/** How the two doors read and write a call on the hot path: what Express' doors do, in plain values. */
import type { ProcedureContract } from "@latchkey/contracts";
import { getTRPCErrorShape } from "@trpc/server";
import type { RouterOf } from "../trpc/app-router.ts";
import type { Context } from "../trpc/context.ts";
import { malformedInput, toDomainError, toProblem, toTrpcError } from "../trpc/problem.ts";
import { malformedRequest } from "./problems.ts";
import { readFields } from "./rest.ts";

export interface HotAnswer {
  readonly status: number;
  /** Of this door; what every API answer says comes on top. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HotDoor {
  /** The only spelling of the address that is answered here. */
  readonly url: string;
  /** Throws what is not even looked at; what the reader throws, the procedure refuses. */
  readerOf(text: string): () => unknown;
  answer(answer: unknown): HotAnswer;
  refuse(error: unknown, ctx: Context): HotAnswer;
}

export interface HotProcedure {
  readonly path: string;
  readonly procedure: ProcedureContract;
}

/** JSON as the body parser of Express takes it: an object or a list, and nothing for no body. */
const parseBody = (text: string): unknown => {
  if (text === "") return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null) return body;
  } catch {
    // Answered as what follows.
  }
  throw malformedRequest();
};

const json = { "Content-Type": "application/json; charset=utf-8" };
const problemJson = { "Content-Type": "application/problem+json; charset=utf-8" };
const nothing: HotAnswer = { status: 204, headers: {}, body: "" };

/** POST /api/v1/…: the fields in, the answer or problem details out. */
export const createHotRestDoor = ({ procedure: { rest } }: HotProcedure): HotDoor => ({
  url: `/api/v1${rest.path}`,
  readerOf: (text) => {
    const body = parseBody(text);
    return () => readFields(body);
  },
  answer: (answer) =>
    rest.successStatus === 204
      ? nothing
      : { status: rest.successStatus, headers: json, body: JSON.stringify(answer) },
  refuse: (error, { call: { requestId } }) => {
    const problem = toProblem(error, requestId);
    return { status: problem.status, headers: problemJson, body: JSON.stringify(problem) };
  },
});

// tRPC says so of every answer, since it may be asked for a stream.
const trpcJson = { "Content-Type": "application/json", Vary: "trpc-accept, accept" };

/** POST /trpc/…: a single call, as tRPC's httpLink sends it, in tRPC's own envelope. */
export const createHotTrpcDoor = (
  { path, procedure: { kind } }: HotProcedure,
  { _def: { _config: config } }: RouterOf<Context>,
): HotDoor => ({
  url: `/trpc/${path}`,
  readerOf: (text) => () => {
    if (text === "") return undefined;
    try {
      const input: unknown = JSON.parse(text);
      return input;
    } catch {
      throw malformedInput();
    }
  },
  answer: (data) => ({
    status: 200,
    headers: trpcJson,
    body: JSON.stringify({ result: { data } }),
  }),
  refuse: (error, ctx) => {
    const trpcError = toTrpcError(toDomainError(error));
    const input = undefined;
    const shape = getTRPCErrorShape({ config, error: trpcError, type: kind, path, input, ctx });
    return {
      status: shape.data.httpStatus,
      headers: trpcJson,
      body: JSON.stringify({ error: shape }),
    };
  },
});
