import { Redis } from "ioredis";
import { afterEach, expect, test } from "vitest";
import { createTestRedis, type TestRedis } from "./test-redis.ts";

const open: (TestRedis | Redis)[] = [];
afterEach(async () => {
  for (const thing of open.splice(0)) {
    await (thing instanceof Redis ? thing.quit() : thing.close());
  }
});

const take = async (): Promise<Redis> => {
  const made = await createTestRedis();
  const redis = new Redis(made.url);
  open.unshift(redis);
  open.push(made);
  return redis;
};

test("two test files never see each other's keys", async () => {
  const [one, other] = [await take(), await take()];
  await one.set("key", "mine");
  expect(await other.get("key")).toBeNull();
  await other.flushdb();
  expect(await one.get("key")).toBe("mine");
});

test("a closed database leaves nothing behind for the next holder", async () => {
  const made = await createTestRedis();
  const redis = new Redis(made.url);
  await redis.set("key", "left");
  await made.close();
  expect(await redis.dbsize()).toBe(0);
  await redis.quit();
});
