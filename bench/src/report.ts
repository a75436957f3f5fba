import { concludeFrom } from "./comparisons.ts";
import type { Conclusion, Goal } from "./comparisons.ts";
import type { Acknowledged, Figure, Measured, Row } from "./context.ts";
import { parties } from "./cpu-time.ts";
import type { Party } from "./cpu-time.ts";
import type { Sizes } from "./options.ts";
import { spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import type { Surroundings } from "./surroundings.ts";
import { toMarkdownLines, toTextLines } from "./table.ts";
import type { Table } from "./table.ts";

/** The one-minute, five-minute and fifteen-minute load averages. */
export type LoadAverage = readonly number[];

export interface Run {
  readonly startedAt: Date;
  readonly options: Sizes;
  readonly surroundings: Surroundings;
  readonly loadBefore: LoadAverage;
  readonly loadAfter: LoadAverage;
  readonly rows: readonly Row[];
  readonly figures: readonly Figure[];
  readonly acknowledged: Acknowledged;
}

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const fine = (value: number): string => {
  if (Number.isInteger(value)) return whole(value);
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
};
const range = ({ min, max }: Spread, format: (value: number) => string): string =>
  `${format(min)} to ${format(max)}`;

/** The median of what was read in every round; null where it was not. */
const medianOf = (
  rounds: readonly Measured[],
  read: (measured: Measured) => number | null,
): number | null => {
  const values = rounds.map(read).filter((value) => value !== null);
  return values.length < rounds.length || values.length === 0 ? null : spreadOf(values).median;
};

const microsecondsOf = (rounds: readonly Measured[], party: Party): number | null =>
  medianOf(rounds, ({ cpu, count }) => {
    const seconds = cpu[party];
    return seconds === null ? null : (seconds / count) * 1e6;
  });

const rarely = (value: number | null, format: (value: number) => string): string =>
  value === null ? "" : format(value);

const cellsOf = ({ measurement, by, rounds, missing }: Row): string[] => {
  if (rounds.length === 0) return [measurement, by, missing ?? "not measured"];
  const perSecond = spreadOf(rounds.map((round) => round.perSecond));
  return [
    measurement,
    by,
    String(rounds.length),
    whole(perSecond.median),
    range(perSecond, whole),
    rarely(
      medianOf(rounds, ({ p50Ms }) => p50Ms),
      fine,
    ),
    rarely(
      medianOf(rounds, ({ p99Ms }) => p99Ms),
      fine,
    ),
    ...parties.map((party) => rarely(microsecondsOf(rounds, party), whole)),
  ];
};

const headings = [
  "measurement",
  "by",
  "rounds",
  "per second",
  "spread",
  "p50 ms",
  "p99 ms",
  "server µs",
  "PostgreSQL µs",
  "Redis µs",
  "load µs",
];

const inOrder = ({ rows }: Run): Row[] => {
  const measurements = [...new Set(rows.map(({ measurement }) => measurement))];
  return measurements.flatMap((measurement) =>
    rows
      .filter((row) => row.measurement === measurement)
      .toSorted((one, other) => rankOf(one).localeCompare(rankOf(other))),
  );
};
/** Ours first, then the references by name: rows come in the turning order of rounds. */
const rankOf = ({ by }: Row): string => `${by.startsWith("Latchkey") ? 0 : 1}${by}`;

const tableOf = (run: Run): Table => ({
  headings,
  rows: inOrder(run).map(cellsOf),
  wordColumns: 2,
});

const factsOf = ({ surroundings, loadBefore, loadAfter, options, startedAt }: Run): string[] => {
  const { cpu, cores, memoryGiB, system, node, postgresql, redis } = surroundings;
  const { fsync, synchronousCommit, fdatasyncMs } = surroundings;
  return [
    `${startedAt.toISOString()}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}`,
    `Node ${node}, PostgreSQL ${postgresql}, Redis ${redis}`,
    `fsync ${fsync}, synchronous_commit ${synchronousCommit}, 8 KiB and fdatasync in ${fine(fdatasyncMs)} ms`,
    `load average ${loadBefore.map(fine).join(" ")} before, ${loadAfter.map(fine).join(" ")} after`,
    `each round after six that warm up, the outage's excepted; ${options.connections} connections, ${options.machines} machines a cell; load generator, servers, PostgreSQL and Redis on this one machine`,
    `µs: CPU time for each request, of the server that is measured, of PostgreSQL, Redis and the load generator`,
  ];
};

const wanted = (goal: Goal): string => {
  if ("atLeast" in goal) return `at least ${goal.atLeast}`;
  if ("atMost" in goal) return `at most ${goal.atMost}`;
  return `above ${goal.above}`;
};

const sentenceOf = ({ name, spread, byCpu, goal, isMet }: Conclusion): string => {
  const told = (of: Spread): string => `${fine(of.median)} (${range(of, fine)})`;
  return [
    `${name}: ${told(spread)}`,
    ...(goal === null ? [] : [`goal ${wanted(goal)}: ${isMet ? "met" : "missed"}`]),
    ...(byCpu === null ? [] : [`by the servers' CPU time ${told(byCpu)}`]),
  ].join("; ");
};

const conclusionsOf = ({ rows, figures, acknowledged }: Run): string[] => [
  ...concludeFrom(rows, figures).map(sentenceOf),
  `PostgreSQL holds all ${whole(acknowledged.sessions)} sessions, and every one of ${whole(acknowledged.steps)} acknowledged heartbeats and repeated acquires${acknowledged.textbookSteps > 0 ? `, and the textbook design's ${whole(acknowledged.textbookSteps)}` : ""}`,
];

/** The findings for a terminal. */
export const toText = (run: Run): string =>
  [...factsOf(run), "", ...toTextLines(tableOf(run)), "", ...conclusionsOf(run), ""].join("\n");

/** The same as a Markdown document. */
export const toMarkdown = (run: Run): string =>
  [
    "# Benchmark",
    "",
    ...factsOf(run).map((fact) => `- ${fact}`),
    "",
    ...toMarkdownLines(tableOf(run)),
    "",
    ...conclusionsOf(run).map((conclusion) => `- ${conclusion}`),
    "",
  ].join("\n");

/** Everything that was measured, round by round; rates per second, latencies in ms, CPU time in seconds. */
export const toJson = (run: Run): string =>
  `${JSON.stringify({ ...run, conclusions: concludeFrom(run.rows, run.figures) }, null, 2)}\n`;
