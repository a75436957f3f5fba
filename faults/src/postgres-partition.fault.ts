/** Packets between the API and PostgreSQL are lost, for all nodes' customers and for one node's. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { form, redisKinds } from "./form.ts";
import type { SeverableNetwork } from "./house/severable-network.ts";
import { aMachine, seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

/** Longer than the API's patience of 5 s, far shorter than the clients' grace of 30 s. */
const PARTITION_MS = 7_000;
/** Until the node is whole again; TCP's own retries would take a quarter of an hour. */
const HEALED_WITHIN_MS = 15_000;
/** Until the dead node's locks are gone: PostgreSQL waits 5 s for it, the other node's callers 3 s at a time. */
const UNLOCKED_WITHIN_MS = 15_000;

const Counted = z.object({ count: z.number() });

describe.each(redisKinds("cluster"))("on %s", (_name, redis) => {
  /** The first node reaches PostgreSQL over a network that can be severed, the second directly. */
  const trial = startTrial({ redis, nodes: [{ databaseSeverable: true }, {}] });

  const network = (): SeverableNetwork => {
    const { databaseNetwork } = trial.house().api;
    if (databaseNetwork === null) throw new Error("The first node has no network of its own.");
    return databaseNetwork;
  };

  test("packets between a node and PostgreSQL are lost for 7 s: its callers hear UNAVAILABLE, it is whole within 15 s, and nothing acknowledged is lost", async ({
    annotate,
  }) => {
    await annotate(`Severed by a ${network().kind}.`);
    const calls = seatCalls(trial.house().api.url);
    const license = await trial.house().issue({ maxSeats: 3 });
    for (let round = 0; round < form.rounds; round += 1) {
      await trial.survives(
        async () => {
          network().sever();
          const asked = Array.from({ length: 24 }, () => calls.activate(aMachine(license)));
          const [inTime] = await Promise.all([
            Promise.race([Promise.all(asked), sleep(HEALED_WITHIN_MS, "they hang" as const)]),
            sleep(PARTITION_MS),
          ]);
          network().heal();
          expect(inTime).toEqual(asked.map(() => ({ ok: false, code: "UNAVAILABLE" })));
          await trial.untilReady(HEALED_WITHIN_MS);
        },
        { silent: true },
      );
    }
  });

  /** The grants of the API that wait for a lock, or that stand still in the middle of their transaction. */
  const grants = async (how: "waiting" | "stuck"): Promise<number> => {
    const [row] = await trial.house().sql`
      select count(*)::int as count from pg_stat_activity
      where application_name = 'latchkey-api' and query ilike '%for %update%'
        and case ${how} when 'waiting' then wait_event_type = 'Lock'
            else state = 'idle in transaction'
              and state_change < clock_timestamp() - interval '300 ms' end`;
    return Counted.parse(row).count;
  };

  test("a node loses PostgreSQL in the middle of a grant, which holds the license: on the other node that license gives a seat within 15 s", async ({
    annotate,
  }) => {
    const { house } = trial;
    const license = await house().issue({ maxSeats: 9 });
    const severed = seatCalls(house().api.url);
    const other = seatCalls(house().nodes[1]?.url ?? "");
    const [caught, asker] = [aMachine(license), aMachine(license)];
    for (const machine of [caught, asker]) await other.activate(machine);

    await trial.survives(
      async () => {
        const lost = house().sql.begin(async (sql) => {
          // Makes the grant wait in its middle, until no answer to it can arrive.
          await sql`select 1 from licenses where id = ${license.licenseId} for update`;
          const granting = severed.acquire(caught).catch(() => null);
          await expect.poll(() => grants("waiting"), { timeout: 10_000 }).toBeGreaterThan(0);
          network().sever();
          return { granting };
        });
        const { granting } = await lost;
        await expect.poll(() => grants("stuck"), { timeout: 10_000 }).toBeGreaterThan(0);
        const severedAtMs = performance.now();
        const askAgain = async (): Promise<string> => {
          const answer = await other.acquire(asker);
          return answer.ok ? "OK" : answer.code;
        };
        await expect.poll(askAgain, { timeout: UNLOCKED_WITHIN_MS, interval: 1_500 }).toBe("OK");
        await annotate(`A seat after ${Math.round(performance.now() - severedAtMs)} ms.`);
        network().heal();
        await granting;
        await trial.untilReady(HEALED_WITHIN_MS);
      },
      { silent: true },
    );
  });

  test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
    trial.ends());
});
