import { DomainError } from "@latchkey/contracts";
import { createTestRedis } from "@latchkey/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis, createRateLimits, usesPerMinute } from "./index.ts";
import type { RateLimits, RedisConnection } from "./index.ts";

let connections: RedisConnection[];
let closeRedis: () => Promise<void>;

beforeAll(async () => {
  const redis = await createTestRedis();
  closeRedis = redis.close;
  connections = [connectRedis({ url: redis.url }), connectRedis({ url: redis.url })];
  for (const connection of connections) await connection.ready();
});

afterAll(async () => {
  for (const connection of connections) await connection.close();
  await closeRedis();
});

const cases: [keyof RateLimits, (limits: RateLimits, who: string) => Promise<void>][] = [
  ["acquire", (limits, who) => limits.acquire({ licenseId: "license", fingerprint: who })],
  ["heartbeat", (limits, who) => limits.heartbeat({ sessionId: who })],
  ["validate", (limits, who) => limits.validate({ licenseId: "license", address: who })],
];

describe("the rate limits", () => {
  test.each(cases)("count %s over all nodes and name the wait", async (name, use) => {
    const nodes = connections.map(createRateLimits);
    const answers = await Promise.all(
      nodes.flatMap((limits) =>
        Array.from({ length: usesPerMinute[name] }, () =>
          use(limits, "one").then(
            () => "allowed",
            (error: unknown) => error,
          ),
        ),
      ),
    );
    expect(answers.filter((answer) => answer === "allowed")).toHaveLength(usesPerMinute[name]);
    const refusals = answers.filter((answer) => answer instanceof DomainError);
    expect(refusals).toHaveLength(usesPerMinute[name]);
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ code: "RATE_LIMITED" });
      expect(refusal.details).toMatchObject({ retryAfterSeconds: expect.any(Number) });
    }
    await Promise.all(nodes.map((limits) => use(limits, "another")));
  });
});
