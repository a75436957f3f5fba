import { createServer } from "node:http";
import type { RequestListener } from "node:http";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { createWire } from "./wire.ts";

const signal = new AbortController().signal;
const lease = "header.payload.signature";

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was taken");
  return `http://127.0.0.1:${address.port}`;
};

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])(
    "with status %d is followed nowhere, with a key or for keys",
    async (status) => {
      const asked: (string | undefined)[] = [];
      const elsewhere = await serve((request, response) => {
        asked.push(request.url);
        response.setHeader("content-type", "application/json").end(`{"keys":[],"result":{}}`);
      });
      const host = await serve((request, response) => {
        response.writeHead(status, { location: `${elsewhere}${request.url}` }).end();
      });
      const wire = createWire(host, fetch);
      expect(await wire.call("seats.heartbeat", { lease }, signal)).toMatchObject({
        kind: "failed",
      });
      expect(await wire.keys(signal)).toBe(null);
      expect(asked).toEqual([]);
    },
  );
});

describe("Retry-After", () => {
  const answering = (headers: Record<string, string>, details: object) =>
    createWire("https://license.test", async () => {
      const problem = { status: 429, detail: "Slow down.", code: "RATE_LIMITED", requestId: "1" };
      const data = { code: "TOO_MANY_REQUESTS", problem: { ...problem, details } };
      const error = { code: -32029, message: "RATE_LIMITED", data };
      return new Response(JSON.stringify({ error }), { status: 429, headers });
    });
  const waitOf = async (headers: Record<string, string>, details: object = {}) => {
    const answer = await answering(headers, details).call("seats.heartbeat", { lease }, signal);
    return answer.kind === "failed" ? answer.error.retryAfterSeconds : answer.kind;
  };

  it.each([
    ["in the header", { "retry-after": "17" }, {}, 17],
    ["in the body, which counts first", { "retry-after": "17" }, { retryAfterSeconds: 9 }, 9],
    ["of a day, in the header", { "retry-after": "86400" }, {}, 300],
    ["of a day, in the body", {}, { retryAfterSeconds: 86_400 }, 300],
    ["before now", {}, { retryAfterSeconds: -5 }, 0],
    ["that is no number of seconds", { "retry-after": "tomorrow" }, {}, null],
  ])("%s", async (_how, headers, details, seconds) => {
    expect(await waitOf(headers, details)).toBe(seconds);
  });

  it("of a proxy silences nobody for longer than five minutes either", async () => {
    const wire = createWire("https://license.test", async () =>
      Response.json({}, { status: 503, headers: { "retry-after": "999999" } }),
    );
    expect(await wire.call("seats.heartbeat", { lease }, signal)).toMatchObject({
      kind: "failed",
      error: { retryAfterSeconds: 300 },
    });
  });
});
