import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/**
 * Below the ports that systems hand out by themselves (Linux from 32768, macOS and Windows from 49152):
 * one of these may be somebody else's a moment after it was found free.
 */
const firstPort = 20_000;
const portCount = 10_000;
const attempts = 100;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

/** A TCP port on 127.0.0.1 that was free a moment ago. Throws Error when a hundred were taken. */
export const freePort = async (): Promise<number> => {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = firstPort + randomInt(portCount);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found from ${firstPort} to ${firstPort + portCount - 1}.`);
};
