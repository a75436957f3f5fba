import { DomainError } from "@latchkey/contracts";
import type { Call } from "@latchkey/core";
import type { Request as ExpressRequest, Response as ExpressResponse } from "express";
import { z } from "zod";
import { maxBodyBytes } from "../http/body-limit.ts";
import { callerAddress } from "../http/caller-address.ts";
import { toHeaders } from "../http/request-facts.ts";
import { requestIdOf } from "../trpc/context.ts";

/** What this server knows of a request and a client cannot say: set by it on every request. */
export const addressHeader = "x-latchkey-address";
const requestIdHeader = "x-latchkey-request-id";

/** How long a session lasts after its last use. */
export const sessionSeconds = 30 * 24 * 60 * 60;

const readBody = async (request: ExpressRequest): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes: Buffer = Buffer.from(z.instanceof(Uint8Array).parse(chunk));
    size += bytes.length;
    if (size > maxBodyBytes) throw new DomainError("PAYLOAD_TOO_LARGE", {});
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const refuseBody = (message: string): DomainError =>
  new DomainError("BAD_REQUEST", { issues: [{ path: [], message }] }, message);

/** The JSON body; an absent one is an empty object. Throws BAD_REQUEST, PAYLOAD_TOO_LARGE. */
export const readJson = async (request: ExpressRequest): Promise<unknown> => {
  const body = await readBody(request);
  if (body === "") return {};
  if (request.is("application/json") === false) throw refuseBody("The body must be JSON.");
  try {
    return JSON.parse(body);
  } catch {
    throw refuseBody("The body is not valid JSON.");
  }
};

/** The request as better-auth takes it, with the body that was checked. */
export const toWebRequest = (
  request: ExpressRequest,
  { publicUrl, body }: { publicUrl: string; body: Record<string, unknown> | null },
): Request => {
  const headers = toHeaders(request);
  for (const name of ["content-length", "transfer-encoding", "connection"]) headers.delete(name);
  // Node's fetch says sec-fetch-mode and no sec-fetch-site, which no browser does: it is a program.
  if (!headers.has("sec-fetch-site")) headers.delete("sec-fetch-mode");
  headers.set(addressHeader, callerAddress(request) ?? "");
  headers.set(requestIdHeader, requestIdOf(request.get("x-request-id")));
  if (body) headers.set("content-type", "application/json");
  return new Request(new URL(request.originalUrl, publicUrl), {
    method: request.method,
    headers,
    ...(body && { body: JSON.stringify(body) }),
  });
};

/** Headers that Node sets, that come one by one, or that would describe a body that is not there. */
const ownHeaders: ReadonlySet<string> = new Set(["set-cookie", "content-length", "content-type"]);

/** Longer than any browser keeps one (400 days at most). */
const cookieSeconds = 400 * 24 * 60 * 60;

/**
 * Lets the cookie outlive the session: the database ends a session, and slides it with every request,
 * also where no cookie can be sent along.
 */
const keepLong = (cookie: string): string =>
  cookie.replace(`Max-Age=${sessionSeconds};`, `Max-Age=${cookieSeconds};`);

/** Sends better-auth's answer, with `body` for its own. */
export const sendWebResponse = (
  response: ExpressResponse,
  answer: Response,
  body: string,
): void => {
  response.status(answer.status);
  for (const [name, value] of answer.headers) {
    if (!ownHeaders.has(name)) response.setHeader(name, value);
  }
  for (const cookie of answer.headers.getSetCookie())
    response.appendHeader("set-cookie", keepLong(cookie));
  const type = answer.headers.get("content-type");
  if (type !== null && body !== "") response.setHeader("content-type", type);
  response.end(body);
};

/** A call of the core's on behalf of a request to better-auth, whose people are not signed in yet. */
export const callOf = (headers: Headers | undefined, job: string): Call => ({
  actor: { kind: "system", job },
  requestId: headers?.get(requestIdHeader) ?? job,
  address: headers?.get(addressHeader) || null,
  userAgent: headers?.get("user-agent")?.slice(0, 512) ?? null,
});
