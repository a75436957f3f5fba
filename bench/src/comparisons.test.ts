import { describe, expect, test } from "vitest";
import { concludeFrom, meets } from "./comparisons.ts";
import type { Row } from "./context.ts";

const rowOf = (measurement: string, by: string, rates: readonly number[]): Row => ({
  measurement,
  by,
  rounds: rates.map((perSecond) => ({
    count: 1,
    perSecond,
    p50Ms: null,
    p99Ms: null,
    cpu: { server: null, postgresql: null, redis: null, generator: null },
  })),
});

describe("meets", () => {
  test.each([
    { value: 0.5, goal: { atLeast: 0.5 }, met: true },
    { value: 0.49, goal: { atLeast: 0.5 }, met: false },
    { value: 3, goal: { atMost: 3 }, met: true },
    { value: 3.01, goal: { atMost: 3 }, met: false },
    { value: 1, goal: { above: 1 }, met: false },
    { value: 1.01, goal: { above: 1 }, met: true },
  ])("$value, wanted $goal: $met", ({ value, goal, met }) => {
    expect(meets(value, goal)).toBe(met);
  });
});

describe("concludeFrom", () => {
  test("divides our rates by a reference's, round by round", () => {
    const rows = [
      rowOf("heartbeat", "Latchkey, REST", [100, 300, 200]),
      rowOf("heartbeat", "floor", [400, 400, 400]),
    ];
    expect(concludeFrom(rows, [])).toEqual([
      {
        name: "heartbeat: Latchkey, REST ÷ floor",
        spread: { median: 0.5, min: 0.25, max: 0.75 },
        byCpu: null,
        goal: { atLeast: 0.5 },
        isMet: true,
      },
    ]);
  });

  test("compares the CPU time of all servers as well, where all of it was read", () => {
    const roundOf = (by: string, server: number): Row => {
      const row = rowOf("heartbeat", by, [100]);
      const cpu = { server, postgresql: 0.2, redis: 0.1, generator: 9 };
      return { ...row, rounds: row.rounds.map((round) => ({ ...round, count: 1000, cpu })) };
    };
    const rows = [roundOf("Latchkey, tRPC", 0.3), roundOf("floor", 0.15)];
    const [conclusion] = concludeFrom(rows, []);
    expect(conclusion?.byCpu?.median).toBeCloseTo(0.75);
    const unread = rowOf("heartbeat", "floor", [100]);
    expect(concludeFrom([roundOf("Latchkey, tRPC", 0.3), unread], [])[0]?.byCpu).toBeNull();
  });

  test("compares times where less is better: the others' rate by ours", () => {
    const rows = [
      rowOf("sessions rebuilt in Redis", "Latchkey", [100]),
      rowOf("sessions rebuilt in Redis", "bare stream", [300]),
    ];
    expect(concludeFrom(rows, [])).toMatchObject([{ spread: { median: 3 }, isMet: false }]);
  });

  test("is silent where one of the two was not measured", () => {
    const pgbench = { ...rowOf("acquire, granted", "pgbench", []), missing: "not installed" };
    expect(concludeFrom([rowOf("acquire, granted", "Latchkey, REST", [1]), pgbench], [])).toEqual(
      [],
    );
  });

  test("judges a figure by its bound, where it has one", () => {
    const figures = [
      { name: "transactions", atMost: 1, values: [2] },
      { name: "retries", atMost: null, values: [0, 4] },
    ];
    expect(concludeFrom([], figures)).toMatchObject([
      { name: "transactions", isMet: false },
      { name: "retries", isMet: null, spread: { median: 2 } },
    ]);
  });
});
