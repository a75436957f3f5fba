/**
 * The REST door: a route for every procedure of the contract, answered by the very call that tRPC
 * carries, so that both doors pass the same rules. It is our own hundred lines, because trpc-to-openapi
 * cannot answer RFC 9457 problem details, 405 or Retry-After.
 */
import { listProcedures } from "@latchkey/contracts";
import type { ProcedureContract } from "@latchkey/contracts";
import express from "express";
import type { Request, RequestHandler, Response, Router } from "express";
import { z } from "zod";
import type { Procedures } from "../routers/index.ts";
import type { Context } from "../trpc/context.ts";
import { badRequest } from "../trpc/problem.ts";
import { maxBodyBytes } from "./body-limit.ts";
import { sendProblem } from "./problems.ts";
import { factsOf } from "./request-facts.ts";

export interface DoorDeps extends Procedures {
  readonly contextOf: (facts: ReturnType<typeof factsOf>) => Context;
}

type Fields = Readonly<Record<string, unknown>>;

const FieldTypes = z.object({
  properties: z.record(z.string(), z.object({ type: z.unknown().optional() })).default({}),
});

/** The JSON type of each input field, by which a query's text is read. */
const fieldTypesOf = ({ input }: ProcedureContract): Map<string, unknown> => {
  const { properties } = FieldTypes.parse(z.toJSONSchema(input, { io: "input" }));
  return new Map(Object.entries(properties).map(([name, { type }]) => [name, type]));
};

/** A query's text as the field's type; what does not read as one stays text, for the schema to refuse. */
export const coerce = (type: unknown, value: unknown): unknown => {
  if (typeof value !== "string") return value;
  if ((type === "integer" || type === "number") && /^-?\d{1,15}(\.\d+)?$/.test(value)) {
    return Number(value);
  }
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
};

const readQuery = (query: Fields, types: Map<string, unknown>): Fields =>
  Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, coerce(types.get(name), value)]),
  );

const Body = z.record(z.string(), z.unknown());

/** The body's fields; none where there is no body. Throws BAD_REQUEST for what is no JSON object. */
export const readFields = (body: unknown): Fields => {
  if (body === undefined) return {};
  const fields = Body.safeParse(body);
  if (fields.success) return { ...fields.data };
  throw badRequest("The body must be a JSON object.");
};

const readInput = (request: Request, { rest }: ProcedureContract, types: Map<string, unknown>) => {
  const query: Fields = { ...request.query };
  if (rest.method !== "GET" && Object.keys(query).length > 0) {
    const issues = Object.keys(query).map((name) => ({
      path: [name],
      message: "belongs in the body: a URL ends up in logs",
    }));
    throw badRequest("This request takes no query.", issues);
  }
  const sent = rest.method === "GET" ? readQuery(query, types) : readFields(request.body);
  const inPath = Object.keys(request.params).filter((name) => Object.hasOwn(sent, name));
  if (inPath.length === 0) return { ...sent, ...request.params };
  const issues = inPath.map((name) => ({ path: [name], message: "belongs in the path alone" }));
  throw badRequest("A field was sent twice.", issues);
};

const hasBody = ({ headers }: Request): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;

const requireJson: RequestHandler = (request, response, next) => {
  if (!hasBody(request) || request.is("application/json")) return next();
  sendProblem(response, badRequest("Send the body as application/json."), 415);
};

const Created = z.object({ id: z.string() });

/** Where a created thing can be read, when the contract has a route for it. */
const locationOf = (
  path: string,
  readable: ReadonlySet<string>,
  answer: unknown,
): string | null => {
  const created = Created.safeParse(answer);
  return created.success && readable.has(path) ? `/api/v1${path}/${created.data.id}` : null;
};

const toExpressPath = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ":$1");

/** Fixed words before parameters: /licenses/validate is not a license's id. */
const byFixedWords = ([one]: [string, unknown], [other]: [string, unknown]): number =>
  one.split("{").length - other.split("{").length;

export const createRestRouter = ({ callOf, contextOf }: DoorDeps): Router => {
  const rest = express.Router({ caseSensitive: true });
  rest.use(requireJson, express.json({ limit: maxBodyBytes }));
  const procedures = listProcedures();
  const readable = new Set(
    procedures
      .filter(({ procedure }) => procedure.rest.method === "GET")
      .map(({ procedure }) => procedure.rest.path.replace(/\/\{\w+\}$/, "")),
  );

  const handle = (path: string, procedure: ProcedureContract): RequestHandler => {
    const types = fieldTypesOf(procedure);
    const { successStatus } = procedure.rest;
    const call = callOf(procedure);
    return async (request: Request, response: Response) => {
      const ctx = contextOf(factsOf(request, response, 1));
      try {
        const readSent = () => readInput(request, procedure, types);
        const answer = await call({ path, ctx, readInput: readSent });
        if (successStatus === 204) return void response.status(204).end();
        const location =
          successStatus === 201 ? locationOf(procedure.rest.path, readable, answer) : null;
        if (location !== null) response.setHeader("Location", location);
        response.status(successStatus).json(answer);
      } catch (error) {
        sendProblem(response, error);
      }
    };
  };

  const byPath = Object.entries(Object.groupBy(procedures, ({ procedure }) => procedure.rest.path));
  for (const [path, group = []] of byPath.sort(byFixedWords)) {
    const route = rest.route(toExpressPath(path));
    for (const { path: name, procedure } of group) {
      const method = procedure.rest.method.toLowerCase() as Lowercase<typeof procedure.rest.method>;
      route[method](handle(name, procedure));
    }
    const allowed = group.map(({ procedure }) => procedure.rest.method).join(", ");
    route.all((_request, response) => {
      response.setHeader("Allow", allowed);
      sendProblem(response, badRequest(`This address takes ${allowed}.`), 405);
    });
  }
  return rest;
};
