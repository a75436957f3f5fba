import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "../services/free-port.ts";
import { demandPort } from "./port.ts";

test.each([["127.0.0.1"], ["0.0.0.0"], ["::"]])(
  "names a port that is taken on %s, and another one to use",
  async (host) => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    await expect(demandPort(port)).rejects.toThrow(
      `Port ${port} is in use by another program: stop that program, or choose another port, for example PORT=4700 npm start.`,
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(demandPort(port)).resolves.toBeUndefined();
  },
);
