import { describe, expect, test } from "vitest";
import { prepareBurst } from "./burst.ts";
import { form, redisKinds } from "./form.ts";
import { whatIsNotStored } from "./stored-truth.ts";
import { startTrial } from "./trial.ts";

const silent = { silent: true };
/** A quarter of what the burst would come to: some have released by then, the others are at it. */
const burstAcknowledged = Math.floor(form.burst * 2.2);

describe.each(redisKinds("cluster"))("on %s", (_name, redis) => {
  const trial = startTrial({ redis });

  /** Kills in the middle of as many calls as the API takes, and asks PostgreSQL about all that it answered. */
  const survivesKilledAmidBurst = async (
    kill: () => Promise<unknown>,
    start: () => Promise<unknown>,
  ): Promise<void> => {
    const burst = await prepareBurst(trial.house(), form.burst);
    await trial.survives(async () => {
      const running = burst.run();
      await burst.acknowledged(burstAcknowledged, running);
      await kill();
      await running;
      await start();
      expect(await whatIsNotStored(trial.house().sql, burst)).toEqual([]);
    }, silent);
  };

  test("the API killed amid heartbeats: every heartbeat, release and grant that it acknowledged is stored", async () => {
    const { api } = trial.house();
    for (let round = 0; round < form.rounds; round += 1) {
      await survivesKilledAmidBurst(api.kill, api.start);
    }
  });

  test("the API and Redis killed at the same instant: nothing acknowledged is lost, no seat too many", async () => {
    const { api, redis: servers } = trial.house();
    for (let round = 0; round < form.rounds; round += 1) {
      await survivesKilledAmidBurst(
        () => Promise.all([api.kill(), servers.kill()]),
        () => Promise.all([api.start(), servers.start()]),
      );
    }
  });

  test("all clients return at once after an outage: every one is back, none lapsed, seats are right", async ({
    annotate,
  }) => {
    const { api } = trial.house();
    const working = trial.fleet().counts().machines.running;
    let upAtMs = 0;
    await trial.survives(async () => {
      await api.kill();
      // Longer than a heartbeat and its retries: every client has noticed and waits.
      await trial
        .fleet()
        .until(({ machines }) => machines.running === 0, "all have noticed", 30_000);
      await api.start();
      upAtMs = performance.now();
      trial.fleet().networkReturned();
    }, silent);
    await trial
      .fleet()
      .until(
        ({ machines }) => machines.reconnecting + machines.offline + machines.lapsed === 0,
        "all are back",
        60_000,
      );
    const seconds = ((performance.now() - upAtMs) / 1000).toFixed(1);
    await annotate(`${working} clients were back ${seconds} s after the API.`);
  });

  test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
    trial.ends());
});
