/** Which rows are divided by which, and what the issue wants of the quotients. */
import type { Figure, Row } from "./context.ts";
import { quotients, spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";

export type Goal =
  { readonly atLeast: number } | { readonly atMost: number } | { readonly above: number };

interface Comparison {
  readonly measurement: string;
  readonly dividend: string;
  readonly divisor: string;
  readonly goal: Goal;
}

const byDoors = (
  measurement: string,
  divisor: string,
  goal: Goal,
  ofDoors: readonly string[] = ["REST", "tRPC"],
): Comparison[] =>
  ofDoors.map((door) => ({ measurement, dividend: `Latchkey, ${door}`, divisor, goal }));

/** All are quotients of rates; "at most" stands where the divisor is ours, and so is the time in the dividend's. */
const comparisons: readonly Comparison[] = [
  ...byDoors("heartbeat", "floor", { atLeast: 0.5 }),
  ...byDoors("heartbeat", "textbook design", { atLeast: 10 }),
  ...byDoors("heartbeat", "tRPC hello", { above: 1 }),
  ...byDoors("acquire, refused in a storm", "bare script", { atLeast: 0.5 }),
  ...byDoors("acquire, granted", "pgbench", { atLeast: 0.35 }),
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

const conclude = (name: string, values: readonly number[], goal: Goal | null): Conclusion => {
  const spread = spreadOf(values);
  return { name, spread, goal, isMet: goal && meets(spread.median, goal) };
};

/** Every comparison whose two rows were measured, round by round, and the figures. */
export const concludeFrom = (
  rows: readonly Row[],
  figures: readonly Figure[],
): readonly Conclusion[] => {
  const ratesOf = (measurement: string, by: string): number[] =>
    rows
      .find((row) => row.measurement === measurement && row.by === by)
      ?.rounds.map(({ perSecond }) => perSecond) ?? [];
  const compared = comparisons.flatMap(({ measurement, dividend, divisor, goal }) => {
    const [over, under] = [ratesOf(measurement, dividend), ratesOf(measurement, divisor)];
    if (over.length === 0 || under.length === 0) return [];
    const name = `${measurement}: ${dividend} ÷ ${divisor}`;
    return [conclude(name, quotients(over, under), goal)];
  });
  const counted = figures.map(({ name, values, atMost }) =>
    conclude(name, values, atMost === null ? null : { atMost }),
  );
  return [...compared, ...counted];
};
