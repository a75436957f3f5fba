/** Which rows are divided by which, and what is wanted of the quotients. */
import type { Figure, Measured, Row } from "./context.ts";
import { textbookBy } from "./start-references.ts";
import { quotients, spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import { doors } from "./workloads.ts";

export type Goal =
  { readonly atLeast: number } | { readonly atMost: number } | { readonly above: number };

interface Comparison {
  readonly measurement: string;
  readonly dividend: string;
  readonly divisor: string;
  /** Null where a quotient only explains others, or is of a reference beyond the goals. */
  readonly goal: Goal | null;
  /** Whether the CPU time of all servers together says something beside the rates. */
  readonly byCpu?: boolean;
}

const byDoors = (
  measurement: string,
  divisor: string,
  goal: Goal | null,
  byCpu = true,
): Comparison[] =>
  doors.map((door) => ({ measurement, dividend: `Latchkey, ${door}`, divisor, goal, byCpu }));

/** All are quotients of rates; "at most" stands where the divisor is ours, and so is the time in the dividend's. */
const comparisons: readonly Comparison[] = [
  ...byDoors("heartbeat", "floor", { atLeast: 0.5 }),
  ...byDoors("heartbeat", textbookBy("jsonwebtoken"), { atLeast: 10 }),
  // No goal: jose signs on all cores, where the API is one process (README).
  ...byDoors("heartbeat", textbookBy("jose"), null),
  ...byDoors("heartbeat", "tRPC hello", { above: 1 }),
  {
    measurement: "heartbeat",
    dividend: "tRPC hello, a second process",
    divisor: "tRPC hello",
    goal: null,
    byCpu: true,
  },
  ...byDoors("first heartbeat after a restart", "floor", null),
  ...byDoors("acquire, refused in a storm", "bare script", { atLeast: 0.5 }),
  ...byDoors("acquire, granted", "pgbench", { atLeast: 0.35 }, false),
  {
    measurement: "clients back after an outage",
    dividend: "steady rate",
    divisor: "all at once",
    goal: { atMost: 3 },
  },
  {
    measurement: "sessions rebuilt in Redis",
    dividend: "bare stream",
    divisor: "Latchkey",
    goal: { atMost: 2 },
  },
  {
    measurement: "lease check",
    dividend: "bare verification",
    divisor: "client",
    goal: { atMost: 1.3 },
  },
];

export interface Conclusion {
  readonly name: string;
  /** Over the rounds. */
  readonly spread: Spread;
  /** The same quotient, were all as fast as their servers' CPU time allows; null where that says nothing. */
  readonly byCpu: Spread | null;
  readonly goal: Goal | null;
  /** Whether the median meets the goal; null without one. */
  readonly isMet: boolean | null;
}

/** Whether a value is what was wanted. */
export const meets = (value: number, goal: Goal): boolean => {
  if ("atLeast" in goal) return value >= goal.atLeast;
  if ("atMost" in goal) return value <= goal.atMost;
  return value > goal.above;
};

const conclude = (
  name: string,
  values: readonly number[],
  goal: Goal | null,
  byCpu: Spread | null = null,
): Conclusion => {
  const spread = spreadOf(values);
  return { name, spread, byCpu, goal, isMet: goal && meets(spread.median, goal) };
};

/** Requests per second of CPU time of all servers together, round by round; null where one was not read. */
const perCpuSecond = (rounds: readonly Measured[]): number[] | null => {
  const rates: number[] = [];
  for (const { count, cpu } of rounds) {
    const { server, postgresql, redis } = cpu;
    if (server === null || postgresql === null || redis === null) return null;
    rates.push(count / (server + postgresql + redis));
  }
  return rates;
};

/** Every comparison whose two rows were measured, round by round, and the figures. */
export const concludeFrom = (
  rows: readonly Row[],
  figures: readonly Figure[],
): readonly Conclusion[] => {
  const roundsOf = (measurement: string, by: string): readonly Measured[] =>
    rows.find((row) => row.measurement === measurement && row.by === by)?.rounds ?? [];
  const ratesOf = (rounds: readonly Measured[]) => rounds.map(({ perSecond }) => perSecond);
  const compared = comparisons.flatMap(({ measurement, dividend, divisor, goal, byCpu }) => {
    const [over, under] = [roundsOf(measurement, dividend), roundsOf(measurement, divisor)];
    if (over.length === 0 || under.length === 0) return [];
    const name = `${measurement}: ${dividend} ÷ ${divisor}`;
    const [overCpu, underCpu] = [perCpuSecond(over), perCpuSecond(under)];
    const isRead = byCpu === true && overCpu !== null && underCpu !== null;
    const cpu = isRead ? spreadOf(quotients(overCpu, underCpu)) : null;
    return [conclude(name, quotients(ratesOf(over), ratesOf(under)), goal, cpu)];
  });
  const counted = figures.map(({ name, values, atMost }) =>
    conclude(name, values, atMost === null ? null : { atMost }),
  );
  return [...compared, ...counted];
};
