/** Three nodes of the API on one PostgreSQL and one Redis: what one of them gets wrong is its own affair. */
import { peekPayload } from "@latchkey/license-crypto/verify";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { redisKinds } from "./form.ts";
import type { ApiNode } from "./house/apps.ts";
import { seatCalls } from "./seat-calls.ts";
import { startTrial } from "./trial.ts";

const hourSeconds = 3600;
const fingerprintOf = (name: string): string => `fp:${name.padEnd(32, "-")}`;

const Claims = z.object({
  sid: z.string().optional(),
  iat: z.number(),
  exp: z.number().optional(),
});
const Rows = z.array(z.object({ id: z.string(), expiresAt: z.date() }));
/** An instant is written in whole seconds, and a refusal may be of a judgement that is a second old. */
const roundingSeconds = 2;

describe.each(redisKinds("cluster"))("on %s", (_name, redis) => {
  const trial = startTrial({
    redis,
    nodes: [
      { redisProxied: true },
      { clockAheadSeconds: hourSeconds },
      { clockAheadSeconds: -hourSeconds },
    ],
    // It would say of a license that ran out that it did, and leave the nodes nothing to get wrong.
    worker: false,
  });

  const node = (index: number): ApiNode => {
    const found = trial.house().nodes[index];
    if (found === undefined) throw new Error(`There is no node ${index}.`);
    return found;
  };

  test("one of three nodes has lost Redis: no seat too many, and the others learn of every seat that it gave or took back", async () => {
    const [cutOff, whole] = [seatCalls(node(0).url), seatCalls(node(1).url)];
    const { licenseKey } = await trial.house().issue({ maxSeats: 3 });
    const machine = (name: string) => ({ licenseKey, fingerprint: fingerprintOf(name) });
    for (const name of ["a", "b", "c", "d"]) await whole.activate(machine(name));
    const lease = async (api: ReturnType<typeof seatCalls>, name: string): Promise<string> => {
      const answer = await api.acquire(machine(name));
      expect(answer).toMatchObject({ ok: true });
      return (answer.ok && answer.seat?.lease) || "";
    };

    await trial.survives(async () => {
      const { redisProxies } = node(0);
      await lease(whole, "a");
      for (const proxy of redisProxies) proxy.pause();
      await trial.goesOn();
      // Redis knows of one seat alone, and reserves a second and a third.
      const taken = [await lease(cutOff, "b"), await lease(cutOff, "c")];
      expect(await whole.acquire(machine("d"))).toEqual({ ok: false, code: "SEATS_EXHAUSTED" });
      for (const proxy of redisProxies) proxy.refuse();
      await trial.goesOn();
      for (const each of taken) expect(await cutOff.release(each)).toMatchObject({ ok: true });
      // Redis still counts three, of which two are gone; what PostgreSQL said of it before holds for a second.
      await expect
        .poll(() => whole.acquire(machine("d")), { timeout: 5_000, interval: 700 })
        .toMatchObject({ ok: true });
      for (const proxy of redisProxies) proxy.open();
    });
  });

  test("the clocks of two nodes an hour ahead and an hour behind: leases and refusals tell PostgreSQL's time, and no lease outlives its row", async () => {
    const wallMs = Date.now() - performance.now();
    const before = trial.fleet().ledger().calls.length;
    await trial.survives(() => trial.goesOn());
    const claims = trial
      .fleet()
      .ledger()
      .calls.slice(before)
      .flatMap(({ token, sentAtMs, answeredAtMs }) =>
        token === null || answeredAtMs === null
          ? []
          : [
              {
                ...Claims.parse(peekPayload(token)),
                sentAt: (wallMs + sentAtMs) / 1000,
                answeredAt: (wallMs + answeredAtMs) / 1000,
              },
            ],
      );
    const rows = Rows.parse(
      await trial.house().sql`select id, expires_at as "expiresAt" from sessions`,
    );
    const storedEnd = new Map(rows.map(({ id, expiresAt }) => [id, expiresAt.getTime() / 1000]));

    expect(claims.length).toBeGreaterThan(0);
    expect(
      claims.filter(
        ({ iat, sentAt, answeredAt }) =>
          iat < sentAt - roundingSeconds || iat > answeredAt + roundingSeconds,
      ),
    ).toEqual([]);
    expect(
      claims.filter(({ sid, exp }) => exp !== undefined && exp > (storedEnd.get(sid ?? "") ?? 0)),
    ).toEqual([]);
  });

  test("a license that runs out within the hour is usable on every node, and one that ran out is usable on none", async () => {
    const now = Date.now();
    const lives = await trial.house().issue({ maxSeats: 3, paidUntil: new Date(now + 600_000) });
    const ends = await trial.house().issue({ maxSeats: 3, paidUntil: new Date(now + 4_000) });
    const machine = ({ licenseKey }: typeof ends) => ({
      licenseKey,
      fingerprint: fingerprintOf("m"),
    });
    const apis = trial.house().nodes.map(({ url }) => seatCalls(url));
    const [api] = apis;
    await api?.activate(machine(lives));
    await api?.activate(machine(ends));
    const held = await api?.acquire(machine(ends));
    expect(held).toMatchObject({ ok: true });
    const lease = (held?.ok && held.seat?.lease) || "";

    for (const each of apis) expect(await each.acquire(machine(lives))).toMatchObject({ ok: true });
    const over = async (): Promise<boolean> => {
      const [row] = await trial.house().sql<{ over: boolean }[]>`
        select expires_at < latchkey_now() as over from licenses where id = ${ends.licenseId}`;
      return row?.over === true;
    };
    await expect.poll(over, { timeout: 30_000 }).toBe(true);
    // What a node remembers of a license is a second old at most.
    await expect
      .poll(() => api?.acquire(machine(ends)), { timeout: 10_000, interval: 500 })
      .toEqual({ ok: false, code: "LICENSE_NOT_USABLE" });
    for (const each of apis) {
      expect(await each.acquire(machine(ends))).toEqual({ ok: false, code: "LICENSE_NOT_USABLE" });
      expect(await each.heartbeat(lease)).toEqual({ ok: false, code: "LICENSE_NOT_USABLE" });
    }
  });

  test("at the end, the signed bytes of it all prove that no seat was one too many", () =>
    trial.ends());
});
