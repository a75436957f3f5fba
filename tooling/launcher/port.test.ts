import { randomInt } from "node:crypto";
import { createServer, type Server } from "node:net";
import { expect, test } from "vitest";
import { demandPort } from "./port.ts";

const listening = (server: Server, port: number, host: string): Promise<boolean> =>
  new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, host, () => resolve(true));
  });

/**
 * Takes a port below those that systems hand out by themselves: one of these may be somebody else's a
 * moment after it is free.
 */
const takePort = async (server: Server, host: string): Promise<number> => {
  const port = 15_000 + randomInt(10_000);
  return (await listening(server, port, host)) ? port : takePort(server, host);
};

test.each([["127.0.0.1"], ["0.0.0.0"], ["::"]])(
  "names a port that is taken on %s, and another one to use",
  async (host) => {
    const server = createServer();
    const port = await takePort(server, host);
    await expect(demandPort(port)).rejects.toThrow(
      `Port ${port} is in use by another program: stop that program, or choose another port, for example PORT=4700 npm start.`,
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(demandPort(port)).resolves.toBeUndefined();
  },
);
