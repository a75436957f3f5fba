import type { Sizes } from "./options.ts";
import type { Acknowledged, Cell } from "./rounds.ts";
import { quotients, spreadOf } from "./statistics.ts";
import type { Spread } from "./statistics.ts";
import type { Surroundings } from "./surroundings.ts";

/** The one-minute, five-minute and fifteen-minute load averages. */
export type LoadAverage = readonly number[];

export interface Run {
  readonly startedAt: Date;
  readonly options: Sizes;
  readonly surroundings: Surroundings;
  readonly loadBefore: LoadAverage;
  readonly loadAfter: LoadAverage;
  readonly cells: readonly Cell[];
  readonly acknowledged: Acknowledged;
}

const isHello = ({ measurement }: Cell): boolean => measurement === "hello";
const ratesOf = (cell: Cell | undefined): number[] =>
  cell?.rounds.map(({ perSecond }) => perSecond) ?? [];

/** Heartbeats by each door as a part of the reference's hellos, round by round. */
const ratiosOf = (cells: readonly Cell[]) => {
  const hello = ratesOf(cells.find(isHello));
  return cells
    .filter(({ measurement }) => measurement === "heartbeat")
    .map((cell) => ({ door: cell.door, ratio: spreadOf(quotients(ratesOf(cell), hello)) }));
};

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const fine = (value: number): string => value.toFixed(value < 10 ? 2 : 1);
const range = ({ min, max }: Spread, format: (value: number) => string): string =>
  `${format(min)} to ${format(max)}`;

const summaryOf = ({ measurement, door, rounds }: Cell) => ({
  measurement,
  door,
  perSecond: spreadOf(rounds.map(({ perSecond }) => perSecond)),
  p50Ms: spreadOf(rounds.map(({ p50Ms }) => p50Ms)),
  p99Ms: spreadOf(rounds.map(({ p99Ms }) => p99Ms)),
});

const rowsOf = ({ cells }: Run): string[][] =>
  cells
    .map(summaryOf)
    .map(({ measurement, door, perSecond, p50Ms, p99Ms }) => [
      measurement,
      door,
      whole(perSecond.median),
      range(perSecond, whole),
      fine(p50Ms.median),
      fine(p99Ms.median),
    ]);

const headings = ["measurement", "door", "per second", "spread", "p50 ms", "p99 ms"];

const isNumeric = (column: number): boolean => column >= 2;

const factsOf = ({ surroundings, loadBefore, loadAfter, options, startedAt }: Run): string[] => {
  const { cpu, cores, memoryGiB, system, node, postgresql, redis } = surroundings;
  const { fsync, synchronousCommit, fdatasyncMs } = surroundings;
  return [
    `${startedAt.toISOString()}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}`,
    `Node ${node}, PostgreSQL ${postgresql}, Redis ${redis}`,
    `fsync ${fsync}, synchronous_commit ${synchronousCommit}, 8 KiB and fdatasync in ${fine(fdatasyncMs)} ms`,
    `load average ${loadBefore.map(fine).join(" ")} before, ${loadAfter.map(fine).join(" ")} after`,
    `${options.rounds} rounds after a warm-up, ${options.connections} connections, ${options.machines} machines a cell; load generator, API, PostgreSQL and Redis on this one machine`,
  ];
};

const conclusionsOf = ({ cells, acknowledged }: Run): string[] => [
  ...ratiosOf(cells).map(
    ({ door, ratio }) =>
      `heartbeat over ${door} ÷ hello: ${fine(ratio.median)} (${range(ratio, fine)})`,
  ),
  `PostgreSQL holds every one of ${whole(acknowledged.heartbeats)} acknowledged heartbeats and ${whole(acknowledged.sessions)} sessions`,
];

/** The table for a terminal. */
export const toText = (run: Run): string => {
  const rows = [headings, ...rowsOf(run)];
  const widths = headings.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  const table = rows.map((row) =>
    row
      .map((text, column) =>
        isNumeric(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
  return [...factsOf(run), "", ...table, "", ...conclusionsOf(run), ""].join("\n");
};

/** The same as a Markdown document. */
export const toMarkdown = (run: Run): string => {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const ruler = headings.map((_, column) => (isNumeric(column) ? "--:" : "---"));
  return [
    "# Benchmark",
    "",
    ...factsOf(run).map((fact) => `- ${fact}`),
    "",
    line(headings),
    line(ruler),
    ...rowsOf(run).map(line),
    "",
    ...conclusionsOf(run).map((conclusion) => `- ${conclusion}`),
    "",
  ].join("\n");
};

/** Everything that was measured, round by round too; rates per second, latencies in ms. */
export const toJson = (run: Run): string => {
  const cells = run.cells.map((cell) => ({ ...summaryOf(cell), rounds: cell.rounds }));
  return `${JSON.stringify({ ...run, cells, heartbeatToHello: ratiosOf(run.cells) }, null, 2)}\n`;
};
