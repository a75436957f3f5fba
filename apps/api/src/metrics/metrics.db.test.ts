import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  activatedMachines,
  aLicense,
  createTestCore,
  testSecret,
} from "@latchkey/testing/test-core";
import type { TestCore } from "@latchkey/testing/test-core";
import { createCore } from "@latchkey/core";
import type { Call } from "@latchkey/core";
import type { RedisConnection } from "@latchkey/redis";
import { connectRedis, createRateLimits, createSeatCache } from "@latchkey/redis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startTestApi } from "../../test/api-server.ts";
import type { TestApi } from "../../test/api-server.ts";
import { createMetrics } from "./create-metrics.ts";

const operations = path.resolve(import.meta.dirname, "../../../../docs/operations");
const metrics = createMetrics();

let world: TestCore;
let redis: RedisConnection;
let api: TestApi;
beforeAll(async () => {
  world = await createTestCore();
  redis = connectRedis({ url: world.redisUrl, onAttempt: metrics.onRedisAttempt });
  await redis.ready();
  // As deps.ts wires them.
  const core = createCore({
    ...world.deps,
    seatCache: createSeatCache(redis),
    rateLimits: createRateLimits(redis),
    observe: metrics.observe,
  });
  api = await startTestApi({ ...world, core, redis }, { secret: testSecret, metrics });
});
afterAll(async () => {
  await api.close();
  await redis.close();
  await world.close();
});

const Lease = z.object({ lease: z.string() });
const scrape = async (): Promise<string> => String((await api.request("/metrics")).body);

/** The value of one line of the text format; NaN when there is none. */
const valueOf = (text: string, line: string): number =>
  Number(
    text
      .split("\n")
      .find((found) => found.startsWith(`${line} `))
      ?.slice(line.length + 1) ?? Number.NaN,
  );

/** Two machines and one seat: an acquire, two heartbeats, two refusals. */
const someTraffic = async () => {
  const { licenseKey } = await aLicense(world, { maxSeats: 1 });
  const fingerprints = await activatedMachines(world, { licenseKey }, 2);
  const [first, second] = fingerprints;
  const acquire = (fingerprint: string | undefined) =>
    api.request("/api/v1/licenses/acquire", { json: { licenseKey, fingerprint } });
  let { lease } = Lease.parse((await acquire(first)).body);
  for (let count = 0; count < 2; count += 1) {
    const renewed = await api.request("/api/v1/licenses/heartbeat", { json: { lease } });
    ({ lease } = Lease.parse(renewed.body));
  }
  expect((await acquire(second)).status).toBe(429);
  expect((await acquire(second)).status).toBe(429);
};

describe("/metrics", () => {
  test("tells of seats, heartbeats, refusals and group commits what happened", async () => {
    await someTraffic();
    const text = await scrape();
    expect(valueOf(text, "latchkey_heartbeat_lease_age_seconds_count")).toBe(2);
    expect(valueOf(text, 'latchkey_heartbeat_lease_age_seconds_bucket{le="30"}')).toBe(2);
    expect(valueOf(text, 'latchkey_refusals_total{code="SEATS_EXHAUSTED"}')).toBe(2);
    expect(valueOf(text, 'latchkey_group_commit_size_sum{work="heartbeat"}')).toBe(2);
    expect(valueOf(text, "latchkey_seats_held")).toBe(1);
    expect(valueOf(text, "latchkey_redis_near")).toBe(1);
    expect(valueOf(text, "latchkey_postgres_pool_size")).toBe(10);
    const heartbeats = 'procedure="seats.heartbeat",outcome="OK"';
    expect(valueOf(text, `latchkey_procedure_duration_seconds_count{${heartbeats}}`)).toBe(2);
  });

  test("counts the held seats once for all scrapes of half a minute", async () => {
    let counts = 0;
    const { licensing } = world.core;
    const counting = {
      ...world.core,
      licensing: {
        ...licensing,
        countHeldSeats: async (call: Call) => {
          counts += 1;
          return licensing.countHeldSeats(call);
        },
      },
    };
    const other = await startTestApi({ ...world, core: counting }, { secret: testSecret });
    await Promise.all([1, 2, 3].map(() => other.request("/metrics")));
    await other.request("/metrics");
    await other.close();
    expect(counts).toBe(1);
  });

  test("answers without PostgreSQL, and then tells no count of seats", async () => {
    const { licensing } = world.core;
    const silent = {
      ...world.core,
      licensing: { ...licensing, countHeldSeats: () => Promise.reject(new Error("away")) },
    };
    const other = await startTestApi({ ...world, core: silent }, { secret: testSecret });
    const { status, body } = await other.request("/metrics");
    await other.close();
    expect(status).toBe(200);
    expect(body).toContain("latchkey_redis_near 1");
    expect(String(body)).not.toMatch(/^latchkey_seats_held /m);
  });

  test("tells when Redis is away, and how often it was left out", async () => {
    const told = createMetrics();
    const nowhere = connectRedis({ url: "redis://127.0.0.1:1", onAttempt: told.onRedisAttempt });
    const other = await startTestApi(
      { ...world, redis: nowhere },
      { secret: testSecret, metrics: told },
    );
    await createSeatCache(nowhere).release("license", ["machine"]);
    await createRateLimits(nowhere).heartbeat({ sessionId: "session" });
    const text = String((await other.request("/metrics")).body);
    await other.close();
    await nowhere.close();
    expect(valueOf(text, "latchkey_redis_near")).toBe(0);
    expect(valueOf(text, "latchkey_redis_skipped_total")).toBeGreaterThanOrEqual(1);
  });
});

describe("who may read /metrics", () => {
  const token = "a-token-of-whoever-scrapes";
  const ask = async (
    options: { mode: "sandbox" | "production"; metricsToken?: string },
    headers: Record<string, string> = {},
  ) => {
    const other = await startTestApi(world, { secret: testSecret, ...options });
    const { status } = await other.request("/metrics", { headers });
    await other.close();
    return status;
  };

  test("everybody in a sandbox, nobody in production, until there is a token", async () => {
    expect(await ask({ mode: "sandbox" })).toBe(200);
    expect(await ask({ mode: "production" })).toBe(404);
    expect(await ask({ mode: "production" }, { authorization: "Bearer undefined" })).toBe(404);
  });

  test.each(["sandbox", "production"] as const)("in %s whoever sends the token", async (mode) => {
    const options = { mode, metricsToken: token };
    expect(await ask(options, { authorization: `Bearer ${token}` })).toBe(200);
    for (const authorization of ["", "Bearer ", `Bearer ${token}x`, token, "Basic eDp5"]) {
      expect(await ask(options, { authorization })).toBe(401);
    }
  });
});

const Panel = z.looseObject({
  title: z.string(),
  type: z.string(),
  targets: z.array(z.looseObject({ expr: z.string() })).optional(),
});
const Dashboard = z.looseObject({ title: z.string(), uid: z.string(), panels: z.array(Panel) });

/** The names of metrics in a PromQL expression, as families: without what a histogram appends. */
const metricsIn = (expression: string): string[] =>
  [...expression.matchAll(/\b(?:latchkey|nodejs|process)_[a-z0-9_]+/g)].map(([name]) => name);

describe("docs/operations", () => {
  const read = (name: string) => readFile(path.join(operations, name), "utf8");
  const exported = async (): Promise<Set<string>> =>
    new Set((await scrape()).split("\n").map((line) => line.match(/^[a-z0-9_]+/)?.[0] ?? ""));

  test("has a dashboard whose every panel asks for metrics that are exported", async () => {
    const { panels } = Dashboard.parse(JSON.parse(await read("grafana-dashboard.json")));
    const names = await exported();
    const drawn = panels.filter(({ type }) => type !== "row");
    expect(drawn.length).toBeGreaterThan(10);
    for (const { title, targets = [] } of drawn) {
      const asked = targets.flatMap(({ expr }) => metricsIn(expr));
      expect(asked, title).not.toEqual([]);
      expect(
        asked.filter((name) => !names.has(name)),
        title,
      ).toEqual([]);
    }
  });

  test("picks buckets that are exported, as Prometheus writes them before version 3 and since", async () => {
    const text = await scrape();
    const asked = `${await read("alert-rules.yml")}${await read("grafana-dashboard.json")}`;
    const picked = [...asked.matchAll(/(\w+)_bucket\{le(=~?)\\?"([^"\\]+)/g)];
    expect(picked).not.toEqual([]);
    for (const [found, metric, operator, value = ""] of picked) {
      expect(operator, found).toBe("=~");
      const bucket = new RegExp(`^(?:${value})$`);
      const bounds = [...text.matchAll(new RegExp(`${metric}_bucket\\{le="([^"]+)"`, "g"))];
      const exported = bounds.map(([, bound = ""]) => bound).filter((bound) => bucket.test(bound));
      expect(exported, found).toHaveLength(1);
      expect(bucket.test(`${exported[0]}.0`), found).toBe(true);
    }
  });

  test("has rules that ask for exported metrics, and a section of the runbook for each alert", async () => {
    const rules = await read("alert-rules.yml");
    const names = await exported();
    expect(metricsIn(rules).filter((name) => !names.has(name))).toEqual([]);
    const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, alert]) => alert);
    expect(alerts.length).toBeGreaterThan(5);
    const runbook = await read("README.md");
    for (const alert of alerts) expect(runbook).toContain(`### ${alert}\n`);
  });
});
