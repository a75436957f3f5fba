/** PostgreSQL, in which every seat is written, ends or halts in the middle of heartbeats. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { form, redisKinds } from "./form.ts";
import { aMachine, seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

const silent = { silent: true };
/** The fleet's grace is 30 s; an outage is well below it, and longer than the API's patience of 5 s. */
const OUTAGE_MS = 7_000;
const BLINK_MS = 1_000;
/** Where nothing bounded it, a call would wait until PostgreSQL is thawed. */
const HANG_MS = 15_000;
const READY_WITHIN_MS = 30_000;

const Backends = z.array(z.object({ pid: z.number() })).min(1);

describe.each(redisKinds("single"))("on %s", (_name, redis) => {
  const trial = startTrial({ redis });

  /** The process of a session of the API, one that is at work where there is one. */
  const aBackend = async (): Promise<number> => {
    const rows = await trial.house().sql`
      select pid from pg_stat_activity
      where application_name = 'latchkey-api' and datname = current_database()
      order by (state = 'active' or state like 'idle in%') desc, query_start desc limit 1`;
    const [backend] = Backends.parse(rows);
    return backend?.pid ?? 0;
  };

  test("PostgreSQL is killed with all its processes, and starts again: nothing acknowledged is lost, no seat is one too many, nobody lapses", async () => {
    for (let round = 0; round < form.rounds; round += 1) {
      await trial.survives(async () => {
        await trial.house().postgres.kill();
        await sleep(BLINK_MS);
        await trial.house().postgres.start();
        await trial.untilReady(READY_WITHIN_MS);
      }, silent);
    }
  });

  test("one backend is killed at work, and PostgreSQL throws out all and recovers: nothing acknowledged is lost, no seat is one too many, nobody lapses", async () => {
    for (let round = 0; round < form.rounds; round += 1) {
      await trial.survives(async () => {
        process.kill(await aBackend(), "SIGKILL");
        await trial.untilReady(READY_WITHIN_MS);
      }, silent);
    }
  });

  test("PostgreSQL is stopped in good order and started again: nothing acknowledged is lost, no seat is one too many, nobody lapses", async () => {
    await trial.survives(async () => {
      await trial.house().postgres.stop();
      await sleep(BLINK_MS);
      await trial.house().postgres.start();
      await trial.untilReady(READY_WITHIN_MS);
    }, silent);
  });

  test("PostgreSQL is frozen for 7 s: every call hears UNAVAILABLE before it is thawed, and then all goes on", async () => {
    const { postgres, api, issue } = trial.house();
    const license = await issue({ maxSeats: 3 });
    const calls = seatCalls(api.url);
    const holder = aMachine(license);
    await calls.activate(holder);
    const held = await calls.acquire(holder);
    const lease = held.ok ? (held.seat?.lease ?? "") : "";
    await trial.survives(async () => {
      postgres.freeze();
      const asked = [
        ...Array.from({ length: 12 }, () => calls.heartbeat(lease)),
        ...Array.from({ length: 12 }, () => calls.activate(aMachine(license))),
      ];
      const answers = Promise.all(asked);
      const [inTime] = await Promise.all([
        Promise.race([answers, sleep(HANG_MS, "they hang" as const)]),
        sleep(OUTAGE_MS),
      ]);
      postgres.thaw();
      const unavailable = asked.map(() => ({ ok: false, code: "UNAVAILABLE" }));
      expect(inTime).toEqual(unavailable);
      await trial.untilReady(READY_WITHIN_MS);
    }, silent);
    expect(await calls.heartbeat(lease)).toMatchObject({ ok: true });
  });

  test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
    trial.ends());
});
