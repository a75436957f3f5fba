/** Stands before a real server and keeps every release from it, though it acknowledges each. */
import http from "node:http";
import type { AddressInfo } from "node:net";

/** Everything else passes to `upstream` as it came. Stop it after the test. */
export const startForgetfulProxy = async (upstream: string) => {
  const { hostname, port } = new URL(upstream);
  const proxy = http.createServer((request, response) => {
    if (request.url?.includes("seats.release")) {
      response.setHeader("content-type", "application/json");
      return void response.end(JSON.stringify({ result: { data: null } }));
    }
    const { url: path = "/", method = "GET", headers } = request;
    const passed = http.request({ hostname, port, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on("error", () => response.destroy());
    request.pipe(passed);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const address: AddressInfo | string | null = proxy.address();
  if (address === null || typeof address === "string") throw new Error("No port was given.");
  return {
    url: `http://127.0.0.1:${address.port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
};
