import { createTestRedis } from "@latchkey/testing";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connectRedis, createSeatCache } from "./index.ts";
import type { RedisConnection, SeatCache } from "./index.ts";
import { seatsKey } from "./seat-keys.ts";

let connection: RedisConnection;
let seats: SeatCache;
let closeRedis: () => Promise<void>;

beforeAll(async () => {
  const redis = await createTestRedis();
  closeRedis = redis.close;
  connection = connectRedis({ url: redis.url });
  seats = createSeatCache(connection);
  await connection.ready();
});

afterAll(async () => {
  await connection.close();
  await closeRedis();
});

const license = (maxSeats = 2) => ({ licenseId: randomUUID(), maxSeats, ttlMs: 60_000 });

describe("the seats in Redis", () => {
  test("are unknown, not empty, until PostgreSQL counted them", async () => {
    const { licenseId, ...rest } = license();
    const asked = { licenseId, ...rest, machineId: "a" };
    expect(await seats.acquire(asked)).toEqual({ kind: "unknown" });
    await seats.renew({ licenseId, machineId: "a", ttlMs: 60_000 });
    expect(await seats.acquire(asked)).toEqual({ kind: "unknown" });
    await seats.rebuild(licenseId, []);
    expect(await seats.acquire(asked)).toEqual({ kind: "reserved", usedSeats: 1 });
  });

  test("are given out up to the maximum, and twice to nobody", async () => {
    const of = license();
    await seats.rebuild(of.licenseId, []);
    const repeated = ["a", "a", "b", "b", "a"];
    const answers = [];
    for (const machineId of repeated) answers.push(await seats.acquire({ ...of, machineId }));
    expect(answers.map((answer) => "usedSeats" in answer && answer.usedSeats)).toEqual([
      1, 1, 2, 2, 2,
    ]);
    expect(await seats.acquire({ ...of, machineId: "c" })).toEqual({ kind: "full", usedSeats: 2 });
  });

  test("are what PostgreSQL counted once they are counted anew, and nobody else's", async () => {
    const of = license();
    const seat = (machineId: string) => ({ machineId, ttlMs: 60_000 });
    await seats.rebuild(of.licenseId, [seat("ghost"), seat("holder")]);
    await seats.rebuild(of.licenseId, [seat("holder")]);
    expect(await seats.acquire({ ...of, machineId: "new" })).toEqual({
      kind: "reserved",
      usedSeats: 2,
    });
  });

  test("of a large license are written in pieces, and known as a whole or not at all", async () => {
    const { licenseId } = license();
    const seat = (index: number) => ({ machineId: `machine-${index}`, ttlMs: 60_000 });
    await seats.rebuild(licenseId, [seat(0)]);
    const many = Array.from({ length: 4_501 }, (_, index) => seat(index));
    const asked = { licenseId, machineId: "next", maxSeats: 4_501, ttlMs: 60_000 };
    const rebuilding = seats.rebuild(licenseId, many);
    const usedMeanwhile = new Set<number>();
    let done = false;
    void rebuilding.then(() => (done = true));
    while (!done) {
      const moved = await seats.move({ licenseId, machineId: "machine-0", ttlMs: 60_000 });
      if (moved.kind === "moved") usedMeanwhile.add(moved.usedSeats);
    }
    usedMeanwhile.add(4_501);
    expect([...usedMeanwhile].toSorted((one, other) => one - other)).toEqual([1, 4_501]);
    expect(await seats.acquire(asked)).toEqual({ kind: "full", usedSeats: 4_501 });
    const [key = "", ...others] = await connection.client.keys(`*{${licenseId}}*`);
    expect(others).toEqual([]);
    expect(await connection.client.pttl(key)).toBeGreaterThan(360_000);
  });

  test("drop who expired before anybody is counted", async () => {
    const of = license(1);
    await seats.rebuild(of.licenseId, [
      { machineId: "gone", ttlMs: 0 },
      { machineId: "going", ttlMs: 1 },
    ]);
    await expect
      .poll(() => seats.acquire({ ...of, machineId: "next" }))
      .toEqual({ kind: "reserved", usedSeats: 1 });
  });

  test("are free again once released, however often", async () => {
    const of = license(1);
    await seats.rebuild(of.licenseId, [{ machineId: "holder", ttlMs: 60_000 }]);
    await seats.release(of.licenseId, ["holder"]);
    await seats.release(of.licenseId, ["holder", "nobody"]);
    expect(await seats.acquire({ ...of, machineId: "next" })).toMatchObject({ kind: "reserved" });
  });

  test("move for who is known to hold one, say how many do, and are given to nobody by it", async () => {
    const { licenseId } = license();
    const move = (machineId: string) => seats.move({ licenseId, machineId, ttlMs: 60_000 });
    expect(await move("holder")).toEqual({ kind: "unknown" });
    await seats.rebuild(licenseId, [{ machineId: "holder", ttlMs: 1_000 }]);
    const [key = ""] = await connection.client.keys(`*{${licenseId}}`);
    const longAgo = 1;
    await connection.client.zadd(key, longAgo, "gone");
    expect(await move("gone")).toEqual({ kind: "missing" });
    expect(await move("holder")).toEqual({ kind: "moved", usedSeats: 1 });
    const expiry = await connection.client.zscore(key, "holder");
    expect(Number(expiry)).toBeGreaterThan(Date.now() + 30_000);
  });

  test("move together, each answered for itself, whatever their licenses", async () => {
    const full = license();
    const alone = license();
    const unknown = license();
    const holders = Array.from({ length: 450 }, (_, index) => `machine-${index}`);
    const seat = (machineId: string) => ({ machineId, ttlMs: 60_000 });
    await seats.rebuild(full.licenseId, holders.map(seat));
    await seats.rebuild(alone.licenseId, [seat("holder")]);
    const asked = [
      { ...alone, machineId: "stranger", expected: { kind: "missing" } },
      ...holders.map((machineId) => ({
        ...full,
        machineId,
        expected: { kind: "moved", usedSeats: 450 },
      })),
      { ...unknown, machineId: "holder", expected: { kind: "unknown" } },
      { ...alone, machineId: "holder", expected: { kind: "moved", usedSeats: 1 } },
    ];
    const answers = await Promise.all(asked.map((move) => seats.move({ ...move, ttlMs: 90_000 })));
    expect(answers).toEqual(asked.map(({ expected }) => expected));
    const [key = ""] = await connection.client.keys(`*{${full.licenseId}}`);
    const expiries = await connection.client.zrangebyscore(key, Date.now() + 75_000, "+inf");
    // Beside them the one that says that the license is known.
    expect(expiries).toHaveLength(451);
  });

  test("move although another license's key holds no set, which is unknown until it is rebuilt", async () => {
    const [sound, spoilt] = [randomUUID(), randomUUID()];
    const holder = { machineId: "holder", ttlMs: 60_000 };
    await connection.client.set(seatsKey(spoilt), "no set");
    await seats.rebuild(sound, [holder]);
    const moveBoth = () =>
      Promise.all([spoilt, sound].map((licenseId) => seats.move({ licenseId, ...holder })));
    const moved = { kind: "moved", usedSeats: 1 };
    expect(await moveBoth()).toEqual([{ kind: "unknown" }, moved]);
    await seats.rebuild(spoilt, [holder]);
    expect(await moveBoth()).toEqual([moved, moved]);
  });

  test("are away, not moved, without Redis", async () => {
    const nowhere = connectRedis({ url: "redis://127.0.0.1:1" });
    const seat = { licenseId: randomUUID(), machineId: "a", ttlMs: 60_000 };
    expect(await createSeatCache(nowhere).move(seat)).toEqual({ kind: "away" });
    await nowhere.close();
  });

  test("are all forgotten when the clock jumps", async () => {
    const known = [license(), license()];
    for (const { licenseId } of known) await seats.rebuild(licenseId, []);
    await seats.forgetAll();
    for (const of of known) {
      expect(await seats.acquire({ ...of, machineId: "a" })).toEqual({ kind: "unknown" });
    }
  });

  test("keep a license's keys together and let an unused one go", async () => {
    const { licenseId } = license();
    await seats.rebuild(licenseId, []);
    const [key = ""] = await connection.client.keys(`*${licenseId}*`);
    expect(key).toContain(`{${licenseId}}`);
    expect(await connection.client.pttl(key)).toBeGreaterThan(360_000);
  });
});
