import { setTimeout as sleep } from "node:timers/promises";
import { DomainError, errorCatalogue, isDomainError } from "@latchkey/contracts";
import type { Log } from "@latchkey/core/ports";
import { isUnavailable } from "@latchkey/db";
import type { Request as ExpressRequest, Response as ExpressResponse } from "express";
import { z } from "zod";
import { callerAddress } from "../http/caller-address.ts";
import { toIssues } from "../trpc/problem.ts";
import { endpoints } from "./endpoints.ts";
import type { Endpoint } from "./endpoints.ts";
import type { AuthLimits } from "./limits.ts";
import { readJson, sendWebResponse, toWebRequest } from "./web-request.ts";

/** Where better-auth is mounted. */
export const basePath = "/api/auth";

export interface HandlerDeps {
  readonly publicUrl: string;
  readonly log: Log;
  readonly limits: AuthLimits;
  /** better-auth itself. */
  readonly answer: (request: Request) => Promise<Response>;
  /** Whether the database can be reached: tells an outage from a fault of ours. */
  readonly isDatabaseNear: () => Promise<boolean>;
}

const findEndpoint = (request: ExpressRequest): { path: string; endpoint: Endpoint } => {
  const { pathname } = new URL(request.originalUrl, "http://localhost");
  const path = pathname.slice(basePath.length);
  const endpoint = Object.hasOwn(endpoints, path) ? endpoints[path] : undefined;
  if (endpoint?.method === request.method) return { path, endpoint };
  throw new DomainError("NOT_FOUND", {}, "There is no such call below /api/auth.");
};

const refuseNul = (request: ExpressRequest): void => {
  if (!/%00|\0/.test(request.originalUrl)) return;
  const message = "must not contain a NUL character";
  throw new DomainError("BAD_REQUEST", { issues: [{ path: ["query"], message }] });
};

const parseBody = (schema: NonNullable<Endpoint["body"]>, body: unknown) => {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const issues = toIssues(error);
  const [first] = issues;
  const message = first && `${first.path.join(".") || "The body"}: ${first.message}`;
  throw new DomainError("BAD_REQUEST", { issues }, message);
};

const refuse = (response: ExpressResponse, error: DomainError): void => {
  const { details, code, message } = error;
  if ("retryAfterSeconds" in details) {
    response.setHeader("retry-after", String(details.retryAfterSeconds));
  }
  response.setHeader("cache-control", "no-store");
  response.status(errorCatalogue[code].httpStatus).json({ code, message, ...details });
};

/** The answer to everything while PostgreSQL is away. */
export const databaseAway = (): DomainError =>
  new DomainError(
    "UNAVAILABLE",
    { retryAfterSeconds: 5 },
    "The database is out of reach. Try again.",
  );

const Answer = z.looseObject({ token: z.string().nullish() });

/**
 * The body with its session token signed: the bare one is what the database holds, and is worthless by
 * itself, so that a dump of it opens no session.
 */
const withSignedToken = (answer: Response, body: string): string => {
  const signed = answer.headers.get("set-auth-token");
  if (signed === null || !answer.headers.get("content-type")?.includes("json")) return body;
  const { success, data } = Answer.safeParse(JSON.parse(body));
  if (!success || typeof data.token !== "string") return body;
  return JSON.stringify({ ...data, token: decodeURIComponent(signed) });
};

/** Seconds that the two-factor plugin locks an account for; its 429 does not say. */
export const twoFactorLockSeconds = 15 * 60;

/**
 * The door before better-auth: it knows which calls there are, checks what they carry, counts how
 * often they come, keeps answers from telling by their time who exists, and signs tokens.
 */
export const createAuthHandler = ({
  publicUrl,
  log,
  limits,
  answer,
  isDatabaseNear,
}: HandlerDeps) => {
  const work = async (request: ExpressRequest, response: ExpressResponse): Promise<void> => {
    const { path, endpoint } = findEndpoint(request);
    refuseNul(request);
    const body = endpoint.body ? parseBody(endpoint.body, await readJson(request)) : null;
    const email = typeof body?.["email"] === "string" ? body["email"] : null;
    const caller = { address: callerAddress(request) ?? "unknown", email };
    await limits.count(path, caller);
    const [answered] = await Promise.all([
      answer(toWebRequest(request, { publicUrl, body })),
      sleep(endpoint.floorMs ?? 0),
    ]);
    if (answered.ok) await limits.forgetGuesses(path, caller);
    if (answered.status < 500) {
      if (answered.status === 429) response.setHeader("retry-after", String(twoFactorLockSeconds));
      sendWebResponse(response, answered, withSignedToken(answered, await answered.text()));
      return;
    }
    throw (await isDatabaseNear()) ? new DomainError("INTERNAL", {}) : databaseAway();
  };

  return async (request: ExpressRequest, response: ExpressResponse): Promise<void> => {
    try {
      await work(request, response);
    } catch (error) {
      if (isDomainError(error)) return refuse(response, error);
      if (isUnavailable(error)) return refuse(response, databaseAway());
      log.error({ err: error, path: request.path }, "a call to sign-in failed");
      refuse(response, new DomainError("INTERNAL", {}));
    }
  };
};
