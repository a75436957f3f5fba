import { connect } from "node:net";
import { readAnswer } from "./http-answer.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** A connection with one request under way at most. */
export interface Connection {
  /** Sends a JSON body to a path; only when no request is under way. */
  post(path: string, body: string): void;
  close(): void;
}

export interface ConnectionEvents {
  readonly onAnswer: (answer: HttpAnswer) => void;
  /** The connection ended while a request was under way, or never came about. */
  readonly onBroken: (error: Error) => void;
  /** The connection ended, or never came about, while nothing was asked of it. */
  readonly onGone?: () => void;
}

/**
 * Connects to the origin of `url`. It writes a request in one piece and looks in the answer for
 * its end alone: a generator on the cores of the servers that it measures must take little of them.
 */
export const openConnection = (
  { hostname, port, host }: URL,
  { onAnswer, onBroken, onGone }: ConnectionEvents,
): Connection => {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const head = ` HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: `;
  let received = "";
  let underWay = false;
  let broken = false;
  const fail = (error: Error): void => {
    socket.destroy();
    if (broken) return;
    broken = true;
    if (underWay) onBroken(error);
    else onGone?.();
  };
  socket.setEncoding("latin1");
  socket.on("data", (chunk) => {
    received += chunk.toString();
    try {
      const answer = readAnswer(received);
      if (answer === null) return;
      received = "";
      underWay = false;
      onAnswer(answer);
    } catch (error) {
      fail(error instanceof Error ? error : new Error("The answer cannot be read."));
    }
  });
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("The server hung up.")));
  return {
    post: (path, body) => {
      underWay = true;
      socket.write(`POST ${path}${head}${Buffer.byteLength(body)}\r\n\r\n${body}`);
    },
    close: () => socket.destroy(),
  };
};
