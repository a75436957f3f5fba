import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { startRedisCluster, thisHost } from "@latchkey/tooling/services";
import { Redis } from "ioredis";
import { afterEach, describe, expect, test } from "vitest";
import { connectRedis, createRateLimits, createSeatCache } from "./index.ts";
import type { RedisConnection } from "./index.ts";

/** Servers of this file's own: the tests stop, silence and flush them. */
const cleanUps: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
};

const host = thisHost(() => undefined);
const program = host.find("redis-server") ?? host.find("valkey-server");

const startServer = async (port: number): Promise<ChildProcess> => {
  const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-redis-test-"));
  if (program === null) throw new Error("this test needs a redis-server on the PATH");
  const server = spawn(
    program,
    ["--port", `${port}`, "--bind", "127.0.0.1", "--dir", directory, "--save", ""],
    { stdio: "ignore" },
  );
  cleanUps.push(async () => {
    if (server.exitCode === null && server.signalCode === null) {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
    rmSync(directory, { recursive: true, force: true });
  });
  const probe = new Redis(port, "127.0.0.1", {
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
  });
  probe.on("error", () => undefined);
  await probe.ping();
  probe.disconnect();
  return server;
};

const connect = (port: number, cluster = false): RedisConnection => {
  const connection = connectRedis({ url: `redis://127.0.0.1:${port}`, cluster });
  cleanUps.push(connection.close);
  return connection;
};

const seat = { licenseId: "license", machineId: "machine", maxSeats: 1, ttlMs: 60_000 };

// Where tests use a Redis from elsewhere there may be no program to stop and silence.
describe.skipIf(program === null)("a Redis that is away", () => {
  test("is said to be away without waiting, and comes back by itself", async () => {
    const port = await freePort();
    const connection = connect(port);
    const seats = createSeatCache(connection);
    expect(await seats.acquire(seat)).toEqual({ kind: "away" });
    expect(await connection.ping()).toBe(false);

    await startServer(port);
    expect(await connection.ready()).toBe(true);
    expect(await seats.acquire(seat)).toEqual({ kind: "unknown" });
  });

  test("that no longer answers is waited for once, not by everybody after", async () => {
    const port = await freePort();
    const server = await startServer(port);
    const connection = connect(port);
    await connection.ready();
    server.kill("SIGSTOP");
    const seats = createSeatCache(connection);
    expect(connection.isAway()).toBe(false);
    expect(await seats.acquire(seat)).toEqual({ kind: "away" });
    expect(connection.isAway()).toBe(true);
    server.kill("SIGCONT");
    await expect.poll(() => connection.ping(), { timeout: 5000 }).toBe(true);
  });

  test("leaves the rate limits to this process", async () => {
    const limits = createRateLimits(connect(await freePort()));
    const by = { licenseId: "license", fingerprint: "fingerprint" };
    for (let use = 0; use < 10; use += 1) await limits.acquire(by);
    await expect(limits.acquire(by)).rejects.toMatchObject({ code: "RATE_LIMITED" });
    await limits.acquire({ ...by, fingerprint: "other" });
  });
});

describe.skipIf(program === null)("a Redis Cluster of three masters", () => {
  test("serves seats and rate limits", async () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), "latchkey-redis-test-"));
    cleanUps.push(async () => rmSync(directory, { recursive: true, force: true }));
    const cluster = await startRedisCluster({ directory });
    cleanUps.push(cluster.stop);

    const connection = connect(Number(new URL(cluster.url).port), true);
    await connection.ready();
    const seats = createSeatCache(connection);
    const licenseIds = Array.from({ length: 20 }, (_, index) => `license-${index}`);
    await Promise.all(licenseIds.map((licenseId) => seats.rebuild(licenseId, [])));
    const answers = await Promise.all(
      licenseIds.map((licenseId) => seats.acquire({ ...seat, licenseId })),
    );
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["reserved"]));

    const limits = createRateLimits(connection);
    await limits.heartbeat({ sessionId: "session" });
    await seats.forgetAll();
    expect(await seats.acquire(seat)).toEqual({ kind: "unknown" });
  });
});
