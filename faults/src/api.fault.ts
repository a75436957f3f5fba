import { test } from "vitest";
import { form } from "./form.ts";
import { startTrial } from "./trial.ts";

const trial = startTrial();
const silent = { silent: true };

test("the API killed amid heartbeats: every heartbeat, release and grant that it acknowledged is stored", async () => {
  for (let round = 0; round < 2 * form.rounds; round += 1) {
    await trial.survives(async () => {
      const { api } = trial.house();
      await api.kill();
      await api.start();
    }, silent);
  }
});

test("the API and Redis killed at the same instant: nothing acknowledged is lost, no seat too many", async () => {
  await trial.survives(async () => {
    const { api, redis } = trial.house();
    await Promise.all([api.kill(), redis.kill()]);
    await Promise.all([api.start(), redis.start()]);
  }, silent);
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
    await trial.fleet().until(({ machines }) => machines.running === 0, "all have noticed", 30_000);
    await api.start();
    upAtMs = performance.now();
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
