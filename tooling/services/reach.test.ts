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

test("a REDIS_URL where nothing listens gives one sentence, without the password", async () => {
  const port = await freePort();
  await expect(demandRedis(`redis://:secret@127.0.0.1:${port}`)).rejects.toThrow(
    new RegExp(
      `^REDIS_URL cannot be used: nothing listens at 127\\.0\\.0\\.1:${port}; start that server or correct the address, or unset REDIS_URL to use a private server\\.$`,
    ),
  );
});
