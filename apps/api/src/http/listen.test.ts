import { once } from "node:events";
import { Agent, get } from "node:http";
import type { IncomingMessage, RequestListener } from "node:http";
import { expect, test } from "vitest";
import { PortInUseError, listen } from "./listen.ts";
import type { Listening } from "./listen.ts";

const forever = 2 ** 31 - 1;

/** Asks over a connection that is kept, and tells what the whole answer says of that connection. */
const asker = ({ port }: Listening) => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return async (): Promise<string | undefined> => {
    const request = get({ port, agent });
    const [answer]: IncomingMessage[] = await once(request, "response");
    answer?.resume();
    if (answer) await once(answer, "end");
    return answer?.headers.connection;
  };
};

/** Answers every request when `finish` is called. */
const slowly = () => {
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  const begun: IncomingMessage[] = [];
  const listener: RequestListener = (request, response) => {
    begun.push(request);
    void promise.then(() => response.end("done"));
  };
  return { listener, begun, finish };
};

test("closing waits for the answers under way, and then for nobody", async () => {
  const { listener, begun, finish } = slowly();
  const listening = await listen(listener, 0);
  const asking = asker(listening)();
  await expect.poll(() => begun.length).toBe(1);
  // Would the kept connection be waited for, this would never end.
  const closed = listening.close(forever);
  finish();
  expect(await asking).toBe("close");
  await closed;
});

test("closing tells whoever keeps a connection not to send another request over it", async () => {
  const { listener, begun, finish } = slowly();
  const listening = await listen((request, response) => {
    // The first part of a long answer is on its way already, without a word of closing.
    if (request.url === "/long") response.write("begun");
    listener(request, response);
  }, 0);
  const request = get({
    port: listening.port,
    path: "/long",
    agent: new Agent({ keepAlive: true }),
  });
  const [answer]: IncomingMessage[] = await once(request, "response");
  const late = asker(listening);
  const asking = late();
  await expect.poll(() => begun.length).toBe(2);
  const closed = listening.close(forever);
  finish();
  answer?.resume();
  expect(await asking).toBe("close");
  await expect(late()).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/);
  await closed;
});

test("closing cuts what does not finish in time", async () => {
  const { listener, begun } = slowly();
  const listening = await listen(listener, 0);
  const asking = asker(listening)();
  await expect.poll(() => begun.length).toBe(1);
  await Promise.all([listening.close(50), expect(asking).rejects.toThrow(/hang up|ECONNRESET/)]);
});

test("a port that is taken says so", async () => {
  const listening = await listen((_request, response) => response.end(), 0);
  await expect(listen(() => undefined, listening.port)).rejects.toThrow(PortInUseError);
  await listening.close(0);
});
