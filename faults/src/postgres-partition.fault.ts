/** Packets between the API and PostgreSQL are lost, for all nodes' customers and for one node's. */
import * as fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { form } from "./form.ts";
import { startSeverableNetwork } from "./house/severable-network.ts";
import type { SeverableNetwork } from "./house/severable-network.ts";
import { seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

const socketDirectory = fs.mkdtempSync(path.join(os.tmpdir(), "latchkey-faults-socket-"));
fs.chmodSync(socketDirectory, 0o777);

let made: SeverableNetwork | null = null;
const network = (): SeverableNetwork => {
  if (made === null) throw new Error("The house did not start.");
  return made;
};

afterAll(async () => {
  made?.heal();
  await made?.close();
  fs.rmSync(socketDirectory, { recursive: true });
});

/** The first node reaches PostgreSQL over a network that can be severed, the second directly. */
const trial = startTrial({
  nodes: [
    {
      databaseVia: async (databaseUrl) => {
        made = await startSeverableNetwork(databaseUrl, socketDirectory);
        return made.url;
      },
    },
    {},
  ],
  postgresSettings: { unix_socket_directories: socketDirectory },
});

/** Longer than the API's patience of 5 s, far shorter than the clients' grace of 30 s. */
const PARTITION_MS = 7_000;
/** Until the node is whole again; TCP's own retries would take a quarter of an hour. */
const HEALED_WITHIN_MS = 15_000;
/** Until the dead node's locks are gone: PostgreSQL waits 5 s for it, the other node's callers 3 s at a time. */
const UNLOCKED_WITHIN_MS = 15_000;

const untilReady = async (): Promise<void> => {
  const { url } = trial.house().api;
  await expect
    .poll(async () => (await fetch(`${url}/health/ready`).catch(() => null))?.ok, {
      timeout: HEALED_WITHIN_MS,
    })
    .toBe(true);
};

test("packets between a node and PostgreSQL are lost for 7 s: its callers hear UNAVAILABLE, it is whole within 15 s, and nothing acknowledged is lost", async ({
  annotate,
}) => {
  await annotate(`Severed by a ${network().kind}.`);
  const calls = seatCalls(trial.house().api.url);
  const { licenseKey } = await trial.house().issue({ maxSeats: 3 });
  for (let round = 0; round < form.rounds; round += 1) {
    await trial.survives(
      async () => {
        network().sever();
        const asked = Array.from({ length: 24 }, () =>
          calls.activate({ licenseKey, fingerprint: `fp:${crypto.randomUUID()}` }),
        );
        const [inTime] = await Promise.all([
          Promise.race([Promise.all(asked), sleep(HEALED_WITHIN_MS, "they hang" as const)]),
          sleep(PARTITION_MS),
        ]);
        network().heal();
        expect(inTime).toEqual(asked.map(() => ({ ok: false, code: "UNAVAILABLE" })));
        await untilReady();
      },
      { silent: true },
    );
  }
});

const AT_ONCE = 8;
const STORM_MS = 120;
const Holding = z.object({ count: z.number() });

/** Transactions that stand still in the middle while they hold the license's row. */
const stuckGrants = async (licenseId: string): Promise<number> => {
  const [row] = await trial.house().sql`
    select count(*)::int as count from pg_stat_activity a
    where a.application_name = 'latchkey-api' and a.state = 'idle in transaction'
      and a.state_change < clock_timestamp() - interval '500 ms'
      and not exists (select 1 from licenses where id = ${licenseId} for update skip locked)`;
  return Holding.parse(row).count;
};

test("a node loses PostgreSQL in the middle of a grant, which holds the license: on the other node that license gives a seat within 15 s", async ({
  annotate,
}) => {
  const { house } = trial;
  const { licenseKey, licenseId } = await house().issue({ maxSeats: 1_000 });
  const severed = seatCalls(house().api.url);
  const other = seatCalls(house().nodes[1]?.url ?? "");
  const machines = Array.from({ length: 60 }, () => ({
    licenseKey,
    fingerprint: `fp:${crypto.randomUUID()}`,
  }));
  for (const machine of machines) await other.activate(machine);
  const [asker, ...crowd] = machines;
  if (asker === undefined) throw new Error("No machine asks.");

  const comeAndGo = async (machine: (typeof machines)[number], until: AbortSignal) => {
    while (!until.aborted) {
      const answer = await severed.acquire(machine).catch(() => null);
      if (answer?.ok !== true) return;
      await severed.release(answer.seat?.lease ?? "").catch(() => null);
    }
  };

  await trial.survives(
    async () => {
      let stuck = 0;
      // Between two statements of a grant or between two grants: so it is severed until one is caught in the middle.
      for (let attempt = 0; attempt < 20 && stuck === 0; attempt += 1) {
        const until = new AbortController();
        for (let n = 0; n < AT_ONCE; n += 1) {
          const machine = crowd[(attempt * AT_ONCE + n) % crowd.length];
          if (machine !== undefined) void comeAndGo(machine, until.signal);
        }
        await sleep(STORM_MS);
        until.abort();
        network().sever();
        await sleep(600);
        stuck = await stuckGrants(licenseId);
        if (stuck === 0) {
          network().heal();
          await untilReady();
        }
      }
      expect(stuck).toBeGreaterThan(0);
      const severedAtMs = performance.now();
      const askAgain = async (): Promise<string> => {
        const answer = await other.acquire(asker);
        return answer.ok ? "OK" : answer.code;
      };
      await expect.poll(askAgain, { timeout: UNLOCKED_WITHIN_MS, interval: 1_500 }).toBe("OK");
      await annotate(`A seat after ${Math.round(performance.now() - severedAtMs)} ms.`);
      network().heal();
      await untilReady();
    },
    { silent: true },
  );
});

test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
  trial.ends());
