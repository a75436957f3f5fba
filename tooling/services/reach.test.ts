import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "./free-port.ts";
import { demandPostgres } from "./reach-postgres.ts";
import { demandRedis } from "./reach-redis.ts";

test("a DATABASE_URL where nothing listens gives one sentence, without the password", async () => {
  const port = await freePort();
  await expect(demandPostgres(`postgres://me:secret@127.0.0.1:${port}/shop`)).rejects.toThrow(
    new RegExp(
      `^DATABASE_URL cannot be used: nothing listens at 127\\.0\\.0\\.1:${port}; start that server or correct the address, or unset DATABASE_URL to use a private server\\.$`,
    ),
  );
});

test("a DATABASE_URL of a server that hangs up gives one sentence, and no end of connections", async () => {
  let connections = 0;
  const port = await freePort();
  const server = createServer((socket) => {
    connections += 1;
    socket.on("error", () => undefined);
    socket.once("data", () => socket.end());
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  await expect(demandPostgres(`postgres://me:secret@127.0.0.1:${port}/shop`)).rejects.toThrow(
    `what listens at 127.0.0.1:${port} does not answer as PostgreSQL does; correct the address`,
  );
  const after = connections;
  server.close();
  await once(server, "close");
  expect(connections - after).toBeLessThan(3);
});

test("a REDIS_URL where nothing listens gives one sentence, without the password", async () => {
  const port = await freePort();
  await expect(demandRedis(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(
    new RegExp(
      `^REDIS_URL cannot be used: nothing listens at 127\\.0\\.0\\.1:${port}; start that server or correct the address, or unset REDIS_URL to use a private server\\.$`,
    ),
  );
});
