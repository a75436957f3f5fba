import { once } from "node:events";
import http from "node:http";
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

/** A request as it goes over the wire: fetch would mend paths, headers and bodies. */
export interface RawRequest {
  readonly method: string;
  /** Sent as it is. */
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Its parts are sent one by one, chunked where no Content-Length is told. */
  readonly body: readonly (string | Uint8Array)[];
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const begin = (origin: string, { method, path, headers }: RawRequest): ClientRequest => {
  const { hostname, port } = new URL(origin);
  return http.request({ hostname, port, method, path, headers, agent: false });
};

/** Sends the request over a connection of its own and answers what came back. Throws when nothing did. */
export const sendRaw = async (origin: string, raw: RawRequest): Promise<RawAnswer> => {
  const request = begin(origin, raw);
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
  if (raw.headers["expect"] !== undefined) {
    request.flushHeaders();
    await Promise.race([once(request, "continue"), answered]);
  }
  for (const part of raw.body) request.write(part);
  request.end();
  const response = await answered;
  const entries = Object.entries(response.headersDistinct);
  return {
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(entries.map(([name, values = []]) => [name, values.join(" | ")])),
    body: await text(response),
  };
};

/** Sends what there is of the request, without its end, and hangs up once the server has the headers. */
export const hangUp = async (origin: string, raw: RawRequest): Promise<void> => {
  const request = begin(origin, { ...raw, headers: { ...raw.headers, expect: "100-continue" } });
  request.flushHeaders();
  await once(request, "continue");
  for (const part of raw.body) await new Promise((sent) => request.write(part, sent));
  await new Promise((gone) => {
    request.on("error", gone);
    request.on("close", gone);
    request.destroy();
  });
};
