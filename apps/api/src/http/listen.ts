import { createServer } from "node:http";
import type { RequestListener, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";

export interface Listening {
  readonly port: number;
  /**
   * Stops accepting, lets what is running finish, and cuts what has not after `patienceMs`. Every answer
   * on the way says "Connection: close", so that nobody sends the next request into the cut.
   */
  close(patienceMs: number): Promise<void>;
}

/** The port is somebody else's. */
export class PortInUseError extends Error {
  override readonly name = "PortInUseError";
}

const describe = (error: Error, port: number): Error =>
  "code" in error && error.code === "EADDRINUSE"
    ? new PortInUseError(
        `Port ${port} is in use: stop what listens there, or set PORT to another one.`,
      )
    : error;

/**
 * How many connections may wait to be taken; the system's own limit (Linux: `net.core.somaxconn`) is lower. Whoever
 * finds no place among them tries again after 1, 3, 7 and 15 s, and Node would leave 511: too few when all clients come
 * back after an outage.
 */
const allThatComeAtOnce = 65_535;

/** Listens on `port`, or on any free one for 0. Throws PortInUseError. */
export const listen = (listener: RequestListener, port: number): Promise<Listening> =>
  new Promise((resolve, reject) => {
    // By connection, since these stay. V8 leaves the tables that a Set or a Map outgrows in a chain, with what they
    // held: a Set of answers, which come and go, kept every request of the last seconds until a full collection.
    const answering = new Map<Socket, ServerResponse | null>();
    let closing = false;
    const server = createServer((request, response) => {
      if (closing) response.setHeader("Connection", "close");
      const { socket } = request;
      answering.set(socket, response);
      response.once("close", () => {
        // Where requests are sent without waiting for answers, this is not the last one.
        if (answering.get(socket) === response) answering.set(socket, null);
        // Its headers had left before; Node itself closes idle connections only once.
        if (closing) setImmediate(() => server.closeIdleConnections());
      });
      listener(request, response);
    });
    server.on("connection", (socket) => {
      socket.once("close", () => answering.delete(socket));
    });
    // Longer than the idle time of common load balancers, so that we are never the one to hang up.
    server.keepAliveTimeout = 65_000;
    server.requestTimeout = 30_000;
    server.once("error", (error) => reject(describe(error, port)));
    server.listen({ port, backlog: allThatComeAtOnce }, () => {
      const address = server.address() as AddressInfo;
      const close = (patienceMs: number) =>
        new Promise<void>((closed, failed) => {
          closing = true;
          for (const response of answering.values()) {
            if (response?.headersSent === false) response.setHeader("Connection", "close");
          }
          const cut = setTimeout(() => server.closeAllConnections(), patienceMs);
          server.close((error) => {
            clearTimeout(cut);
            if (error) failed(error);
            else closed();
          });
          server.closeIdleConnections();
        });
      resolve({ port: address.port, close });
    });
  });
