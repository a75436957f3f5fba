import { Problem, errorCatalogue, listProcedures } from "@latchkey/contracts";
import type { ErrorCode, ProcedureContract } from "@latchkey/contracts";
import { z } from "zod";
import { createDocument } from "zod-openapi";
import type {
  ZodOpenApiOperationObject,
  ZodOpenApiPathsObject,
  ZodOpenApiResponsesObject,
} from "zod-openapi";
import { examples } from "./openapi-examples.ts";

const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/)
  .optional()
  .meta({
    description:
      "Makes the first answer repeatable for 24 hours: the same key and body give it again with `Idempotent-Replayed: true`; another body is CONFLICT.",
    example: "5f0c2b1e-7d52-0001",
  });

const whoMayCall = (access: ProcedureContract["access"]): string => {
  switch (access.kind) {
    case "public":
      return "Anyone.";
    case "licenseKey":
      return "Whoever holds the license key; no sign-in.";
    case "lease":
      return "Whoever holds the lease; no sign-in.";
    case "signedIn":
      return "Anybody signed in.";
    case "member":
      return `A member whose role grants \`${access.permission}\`${access.verifiedEmail ? ", with a verified mail address" : ""}.`;
    case "staff":
      return `The vendor's staff, with \`${access.permission}\`.`;
  }
};

const codesByAccess: Record<ProcedureContract["access"]["kind"], readonly ErrorCode[]> = {
  public: [],
  licenseKey: ["LICENSE_NOT_USABLE", "SEATS_EXHAUSTED"],
  lease: ["LEASE_INVALID", "LEASE_EXPIRED", "LICENSE_NOT_USABLE", "SEATS_EXHAUSTED"],
  signedIn: ["UNAUTHENTICATED"],
  member: ["UNAUTHENTICATED", "FORBIDDEN"],
  staff: ["UNAUTHENTICATED", "FORBIDDEN"],
};

/** What a procedure may answer besides success, by who may call it and what it does. */
const errorCodesOf = ({ access, kind, rest, sandboxOnly }: ProcedureContract): ErrorCode[] => [
  "BAD_REQUEST",
  ...codesByAccess[access.kind],
  ...(rest.path.includes("{") || sandboxOnly ? (["NOT_FOUND"] as const) : []),
  ...(kind === "mutation" ? (["CONFLICT", "PAYLOAD_TOO_LARGE"] as const) : []),
  ...(rest.tag === "Checkout" || rest.path.endsWith("/pay")
    ? (["PAYMENT_FAILED", "GATEWAY_UNAVAILABLE"] as const)
    : []),
  "RATE_LIMITED",
  "UNAVAILABLE",
  "INTERNAL",
];

const problemContent = { "application/problem+json": { schema: Problem } };

const retryHeaders = {
  "Retry-After": {
    description: "Seconds to wait before trying again",
    schema: { type: "integer" as const, minimum: 1 },
  },
};

const problemResponses = (procedure: ProcedureContract): ZodOpenApiResponsesObject => {
  const responses: ZodOpenApiResponsesObject = {};
  const byStatus = Object.groupBy(
    errorCodesOf(procedure),
    (code) => errorCatalogue[code].httpStatus,
  );
  for (const [status, codes = []] of Object.entries(byStatus)) {
    const waits = status === "429" || status === "503";
    responses[`${Number(status)}` as "400"] = {
      description: codes.map((code) => `\`${code}\`: ${errorCatalogue[code].title}`).join("\n\n"),
      content: problemContent,
      ...(waits ? { headers: retryHeaders } : {}),
    };
  }
  return responses;
};

/** Splits a procedure's input by how its fields travel: in the path, else in query or body. */
const splitInput = (path: string, { input, rest }: ProcedureContract) => {
  if (!(input instanceof z.ZodObject)) throw new Error(`the input of ${path} is not an object`);
  const fields = Object.entries(input.shape);
  const travelsInPath = ([name]: [string, unknown]) => rest.path.includes(`{${name}}`);
  return {
    inPath: z.object(Object.fromEntries(fields.filter(travelsInPath))),
    remaining: z.strictObject(Object.fromEntries(fields.filter((field) => !travelsInPath(field)))),
  };
};

const without = (fields: Readonly<Record<string, unknown>>, names: readonly string[]) =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

const operationOf = (path: string, procedure: ProcedureContract): ZodOpenApiOperationObject => {
  const { rest, summary, access, kind, output } = procedure;
  const { inPath, remaining } = splitInput(path, procedure);
  const example = examples[path];
  const pathNames = Object.keys(inPath.shape);
  const hasBody = rest.method !== "GET" && Object.keys(remaining.shape).length > 0;
  const open = ["public", "licenseKey", "lease"].includes(access.kind);
  return {
    operationId: path,
    summary,
    description: `${whoMayCall(access)}${procedure.sandboxOnly ? " Exists in sandbox mode alone." : ""}`,
    tags: [rest.tag],
    security: open ? [] : [{ bearer: [] }, { cookie: [] }],
    requestParams: {
      ...(pathNames.length > 0 && { path: inPath }),
      ...(rest.method === "GET" && { query: remaining }),
      ...(kind === "mutation" && { header: z.object({ "Idempotency-Key": IdempotencyKey }) }),
    },
    ...(hasBody && {
      requestBody: {
        required: true,
        content: {
          "application/json": {
            schema: remaining,
            ...(example?.request && { example: without(example.request, pathNames) }),
          },
        },
      },
    }),
    responses: {
      [`${rest.successStatus}`]:
        rest.successStatus === 204
          ? { description: "Done; there is nothing to tell." }
          : {
              description: "Done.",
              content: {
                "application/json": {
                  schema: output,
                  ...(example?.answer && { example: example.answer }),
                },
              },
            },
      ...problemResponses(procedure),
    },
  };
};

const about = `Plans, license keys and floating seats of desktop software.

Sign in at \`POST /api/auth/sign-in/email\`: browsers keep the cookie, everything else sends the answered
token as \`Authorization: Bearer\`. License keys and leases travel in the body and need no sign-in.

Lists take \`limit\` and \`cursor\` and answer \`nextCursor\`. Instants are ISO 8601 in UTC, money is in minor
units. Every error is an RFC 9457 problem with a \`code\` and the \`requestId\`; bodies end at 256 KiB.`;

/** OpenAPI 3.1 of every procedure of the contract, as the REST door serves it. */
export const createOpenApiDocument = ({
  mode,
  publicUrl,
}: {
  mode: "sandbox" | "production";
  publicUrl: string;
}) => {
  const paths: ZodOpenApiPathsObject = {};
  const tags = new Set<string>();
  for (const { path, procedure } of listProcedures()) {
    if (procedure.sandboxOnly && mode !== "sandbox") continue;
    const { rest } = procedure;
    tags.add(rest.tag);
    const method = rest.method.toLowerCase() as Lowercase<typeof rest.method>;
    (paths[rest.path] ??= {})[method] = operationOf(path, procedure);
  }
  return createDocument({
    openapi: "3.1.1",
    info: {
      title: "Latchkey",
      version: "0.1.0",
      description: about,
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: `${publicUrl}/api/v1` }],
    tags: [...tags].map((name) => ({ name })),
    components: {
      securitySchemes: {
        bearer: { type: "http", scheme: "bearer", description: "The token that sign-in answers" },
        cookie: {
          type: "apiKey",
          in: "cookie",
          name: `${publicUrl.startsWith("https:") ? "__Secure-" : ""}latchkey.session_token`,
        },
      },
    },
    paths,
  });
};
