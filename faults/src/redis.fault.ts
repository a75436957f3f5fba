import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { form, redisKinds } from "./form.ts";
import { seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

const machineNamed = (name: string): string => `fp:${name.repeat(32)}`;

describe.each(redisKinds("single", "cluster"))("%s", (_name, kind) => {
  const trial = startTrial({ redis: kind });

  /** What the API has counted on each server, of whom; nobody else writes these keys. */
  const counted = () =>
    trial.house().redis.onEach(async (server) => {
      const keys = await server.keys("latchkey:rate:*");
      const counts = await Promise.all(keys.map((key) => server.get(key)));
      return new Map(keys.map((key, index) => [key, Number(counts[index])]));
    });

  /** The API counts on again at each server. What the fault has left there stays, and is judged with all else. */
  const isUsedAgain = async (): Promise<void> => {
    let before: Awaited<ReturnType<typeof counted>> | null = null;
    // Rejects, and is tried again, while the masters of a Cluster look for each other.
    const hasCountedOn = async (): Promise<boolean> => {
      const now = await counted();
      const then = (before ??= now);
      return now.every((counts, server) =>
        [...counts].some(([key, count]) => count > (then[server]?.get(key) ?? 0)),
      );
    };
    // Nodes count the first uses of a minute by themselves, and all at once for half of it.
    await expect.poll(hasCountedOn, { timeout: 60_000, interval: 200 }).toBe(true);
  };

  test("killed amid heartbeats: these go on without it, no client lapses, no seat too many, all is stored, and it is used again once it is back", async () => {
    await trial.survives(async () => {
      const { redis } = trial.house();
      for (let round = 0; round < form.rounds; round += 1) {
        await redis.kill();
        await trial.goesOn();
        await redis.start();
        await isUsedAgain();
      }
    });
  });

  test.runIf(kind === "cluster")(
    "one master of three killed: its licenses go on by PostgreSQL, and once it is back the API uses it again",
    async () => {
      const { servers } = trial.house().redis;
      // The seeds differ in whom they begin with; at length each has its turn.
      const dying = servers.map((_, index) => servers[(form.seed + index) % servers.length]);
      for (const master of dying.slice(0, form.rounds)) {
        if (master === undefined) continue;
        await trial.survives(async () => {
          await master.kill();
          await trial.goesOn();
          await master.start();
          await isUsedAgain();
        });
      }
    },
  );

  test("frozen: heartbeats, acquires and releases are answered meanwhile, and it is used again once thawed", async () => {
    await trial.survives(async () => {
      const { redis } = trial.house();
      redis.freeze();
      await trial.goesOn();
      redis.thaw();
      // It carries out first what had reached it before.
      await sleep(1_000);
      await isUsedAgain();
    });
  });

  test("emptied again and again: no seat too many, nobody is locked out", async () => {
    await trial.survives(async () => {
      const { redis } = trial.house();
      let emptying = true;
      const emptied = (async () => {
        while (emptying) {
          await redis.onEach((server) => server.flushall());
          await sleep(20);
        }
      })();
      // Of so many, some are lost between the worker's taking them up and their end.
      for (let given = 0; given < form.jobs; given += 1) await trial.giveWork();
      await trial.goesOn().finally(() => (emptying = false));
      await emptied;
    });
  });

  test("restored from an old snapshot: its ghosts take no seat, and refuse no holder their own", async () => {
    const license = await trial.house().issue({ maxSeats: 3 });
    const { licenseKey } = license;
    const api = seatCalls(trial.house().api.url);
    const acquire = async (name: string): Promise<string> => {
      const fingerprint = machineNamed(name);
      await api.activate({ licenseKey, fingerprint });
      const answer = await api.acquire({ licenseKey, fingerprint });
      expect(answer).toMatchObject({ ok: true });
      return (answer.ok && answer.seat?.lease) || "";
    };
    await trial.survives(async () => {
      const { redis } = trial.house();
      const ghosts = [];
      for (const name of ["a", "b", "c"]) ghosts.push(await acquire(name));
      await redis.save();
      for (const lease of ghosts) await api.release(lease);
      const living = [];
      for (const name of ["d", "e", "f"]) living.push(await acquire(name));
      await trial.goesOn();
      await redis.restore();
      // Redis counts a, b and c; PostgreSQL d, e and f.
      const own = await api.acquire({ licenseKey, fingerprint: machineNamed("f") });
      expect(own).toMatchObject({ ok: true });
      const newcomer = { licenseKey, fingerprint: machineNamed("g") };
      expect(await api.activate(newcomer)).toMatchObject({ ok: true });
      expect(await api.acquire(newcomer)).toEqual({ ok: false, code: "SEATS_EXHAUSTED" });
      for (const lease of living) await api.release(lease);
      // Ghosts alone are left.
      await expect
        .poll(() => api.acquire(newcomer), { timeout: 5_000, interval: 700 })
        .toMatchObject({ ok: true });
    });
  });

  test("at the end, the signed bytes of it all prove that no seat was one too many, and every job was done once", () =>
    trial.ends());
});
