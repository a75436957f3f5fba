/** One way to one server for all machines: connections are kept and shared, as few as are in use at once. */
import http from "node:http";
import https from "node:https";

export interface HttpAnswer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
}

export interface HttpDoor {
  /** Sends JSON, or asks when there is no body. Rejects when no whole answer came, or `signal` aborts. */
  send(path: string, body: string | null, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/** `fetch` costs several times what the rest of a simulated machine does, so this is `node:http`. */
export const createHttpDoor = (origin: string): HttpDoor => {
  const { protocol, hostname, port } = new URL(origin);
  const { Agent, request } = protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 1024 });
  return {
    send: (path, body, signal) =>
      new Promise((resolve, reject) => {
        const sent = request(
          {
            agent,
            hostname: hostname.replace(/^\[|\]$/g, ""),
            port,
            path,
            method: body === null ? "GET" : "POST",
            headers:
              body === null
                ? {}
                : { "content-type": "application/json", "content-length": Buffer.byteLength(body) },
          },
          (response) => {
            let text = "";
            response.setEncoding("utf8");
            response.on("data", (part: string) => (text += part));
            response.on("error", settle);
            response.on("end", () => {
              signal.removeEventListener("abort", giveUp);
              const { "retry-after": retryAfter = null } = response.headers;
              resolve({ status: response.statusCode ?? 0, retryAfter, text });
            });
          },
        );
        const settle = (error: Error): void => {
          signal.removeEventListener("abort", giveUp);
          reject(error);
        };
        const giveUp = (): void => void sent.destroy(new DOMException("Given up.", "AbortError"));
        if (signal.aborted) giveUp();
        signal.addEventListener("abort", giveUp, { once: true });
        sent.on("error", settle);
        sent.end(body ?? undefined);
      }),
    close: () => agent.destroy(),
  };
};
