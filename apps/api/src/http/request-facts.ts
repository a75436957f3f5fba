import type { IncomingMessage } from "node:http";
import type { Request, Response } from "express";
import type { RequestFacts, Trace } from "../trpc/context.ts";
import { callerAddress } from "./caller-address.ts";

const traces = new WeakMap<IncomingMessage, Trace>();

/** What the request's log line will tell; the procedures fill it in. */
export const traceOf = (request: IncomingMessage): Trace => {
  const known = traces.get(request);
  if (known) return known;
  const trace: Trace = { actor: "anonymous", procedures: [] };
  traces.set(request, trace);
  return trace;
};

/** The id that the log middleware gave the request. */
export const givenRequestId = (request: IncomingMessage): string =>
  typeof request.id === "string" ? request.id : "unknown";

/** The headers as the Fetch standard has them, each as often as it was sent. */
export const toHeaders = (request: IncomingMessage): Headers => {
  const headers = new Headers();
  for (const [name, values] of Object.entries(request.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
};

/** What a context needs of an Express request; `batchSize` is how many procedures it calls. */
export const factsOf = (request: Request, response: Response, batchSize: number): RequestFacts => ({
  requestId: givenRequestId(request),
  address: callerAddress(request),
  headers: toHeaders(request),
  batchSize,
  trace: traceOf(request),
  setHeader: (name, value) => response.setHeader(name, value),
});
