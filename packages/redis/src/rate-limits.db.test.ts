import { DomainError } from "@latchkey/contracts";
import { createTestRedis } from "@latchkey/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis, createRateLimits, usesPerMinute } from "./index.ts";
import { usesCountedLocally } from "./rate-limits.ts";
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

type Use = (limits: RateLimits, who: string) => Promise<void>;

/** How many of all nodes' uses pass, where each node counts the first ones by itself. */
const cases: [keyof RateLimits, Use, allowed?: number][] = [
  [
    "acquire",
    (limits, who) => limits.acquire({ licenseId: "license", fingerprint: who }),
    10 + usesCountedLocally,
  ],
  ["heartbeat", (limits, who) => limits.heartbeat({ sessionId: who }), 20 + usesCountedLocally],
  ["stranger", (limits, who) => limits.stranger({ licenseId: who })],
  ["validate", (limits, who) => limits.validate({ licenseId: "license", address: who })],
];

describe("the rate limits", () => {
  test.each(cases)(
    "count %s over all nodes and name the wait",
    async (name, use, allowed = usesPerMinute[name]) => {
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
      expect(answers.filter((answer) => answer === "allowed")).toHaveLength(allowed);
      const refusals = answers.filter((answer) => answer instanceof DomainError);
      expect(refusals).toHaveLength(nodes.length * usesPerMinute[name] - allowed);
      for (const refusal of refusals) {
        expect(refusal).toMatchObject({ code: "RATE_LIMITED" });
        expect(refusal.details).toMatchObject({ retryAfterSeconds: expect.any(Number) });
      }
      await Promise.all(nodes.map((limits) => use(limits, "another")));
    },
  );

  test.each(cases)("let no more %s than that through one node", async (name, use) => {
    const [connection] = connections;
    if (!connection) throw new Error("no connection");
    const limits = createRateLimits(connection);
    const uses = Array.from({ length: usesPerMinute[name] }, () => use(limits, "alone"));
    await Promise.all(uses);
    await expect(use(limits, "alone")).rejects.toMatchObject({ code: "RATE_LIMITED" });
  });

  test("tell other nodes nothing of a session or a machine that asks as seldom as it should", async () => {
    const [connection] = connections;
    if (!connection) throw new Error("no connection");
    const limits = createRateLimits(connection);
    await limits.heartbeat({ sessionId: "calm" });
    await limits.acquire({ licenseId: "calm", fingerprint: "calm" });
    expect(await connection.client.keys("*calm*")).toEqual([]);
  });
});
