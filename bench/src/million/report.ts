import { nearestRank } from "../statistics.ts";
import { toMarkdownLines, toTextLines } from "../table.ts";
import type { Table } from "../table.ts";
import type { MillionRun } from "./run.ts";
import { lossOf, postgresSettings } from "./run.ts";
import { millionParties } from "./usage.ts";
import type { MillionParty } from "./usage.ts";

const names: Readonly<Record<MillionParty, string>> = {
  server: "API",
  postgresql: "PostgreSQL",
  redis: "Redis",
  generator: "load generator",
  worker: "worker",
};

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
const fine = (value: number): string => value.toFixed(Math.abs(value) < 10 ? 2 : 1);

/** Everything that was found, as numbers: milliseconds, seconds, MiB and bytes. */
export const toFigures = (run: MillionRun) => {
  const { beaten, cpu, peakMiB, redisPeakMiB, before, after } = run;
  const { latenciesMs, due, acknowledged, unanswered, failures, elapsedSeconds } = beaten;
  const latencyMs = (fraction: number): number => nearestRank(latenciesMs, fraction) ?? NaN;
  const updates = after.updates - before.updates;
  return {
    due,
    acknowledged,
    unanswered,
    failures: Object.fromEntries(failures),
    elapsedSeconds,
    perSecond: acknowledged / elapsedSeconds,
    p50Ms: latencyMs(0.5),
    p99Ms: latencyMs(0.99),
    p999Ms: latencyMs(0.999),
    maxMs: latencyMs(1),
    cpuSeconds: cpu,
    peakMiB,
    redisPeakMiB,
    walBytes: after.walBytes - before.walBytes,
    hotShare: (after.hotUpdates - before.hotUpdates) / updates,
    deadTuples: after.deadTuples,
    vacuums: after.vacuums - before.vacuums,
    checkpoints: after.checkpoints - before.checkpoints,
    sessionsMiB: after.sessionsMiB,
    loss: lossOf(run),
  };
};

const factsOf = ({ startedAt, surroundings, loadBefore, options }: MillionRun): string[] => {
  const { cpu, cores, memoryGiB, system, node, postgresql, redis, fdatasyncMs } = surroundings;
  const settings = Object.entries(postgresSettings).map(([name, value]) => `${name} ${value}`);
  return [
    `${startedAt.toISOString()}, ${cores} cores of ${cpu}, ${memoryGiB} GiB, ${system}`,
    `Node ${node}, PostgreSQL ${postgresql} with ${settings.join(", ")}, Redis ${redis}`,
    `fsync ${surroundings.fsync}, synchronous_commit ${surroundings.synchronousCommit}, 8 KiB and fdatasync in ${fine(fdatasyncMs)} ms`,
    `load average ${loadBefore.map(fine).join(" ")} before; generator, API, worker, PostgreSQL and Redis on this one machine`,
    `${whole(options.sessions)} live sessions, each with a heartbeat every 300 s ± 5 %, for ${options.seconds} s`,
  ];
};

const tableOf = (figures: ReturnType<typeof toFigures>): Table => ({
  headings: ["", "CPU s", "of one core", "µs a heartbeat", "peak MiB"],
  wordColumns: 1,
  rows: millionParties.map((party) => {
    const [seconds, mib] = [figures.cpuSeconds[party], figures.peakMiB[party]];
    const given = (value: number | null, format: (value: number) => string) =>
      value === null ? "?" : format(value);
    return [
      names[party],
      given(seconds, fine),
      given(seconds, (used) => `${fine((100 * used) / figures.elapsedSeconds)} %`),
      given(seconds, (used) => fine((1e6 * used) / figures.acknowledged)),
      given(mib, whole),
    ];
  }),
});

const conclusionsOf = (figures: ReturnType<typeof toFigures>): string[] => {
  const failed = Object.entries(figures.failures).map(([why, count]) => `${whole(count)} ${why}`);
  return [
    `${whole(figures.acknowledged)} heartbeats acknowledged of ${whole(figures.due)} that were due, ${fine(figures.perSecond)} a second`,
    `from due to answered: p50 ${fine(figures.p50Ms)} ms, p99 ${fine(figures.p99Ms)} ms, p99.9 ${fine(figures.p999Ms)} ms, at most ${fine(figures.maxMs)} ms`,
    `failures: ${failed.length === 0 ? "none" : failed.join(", ")}`,
    `WAL ${fine(figures.walBytes / 2 ** 20)} MiB, ${whole(figures.walBytes / figures.acknowledged)} bytes a heartbeat; ${figures.checkpoints} checkpoints`,
    `${fine(100 * figures.hotShare)} % of updates in place (HOT), ${whole(figures.deadTuples)} dead tuples at the end, ${figures.vacuums} automatic vacuums; sessions take ${whole(figures.sessionsMiB)} MiB with their indexes`,
    `Redis held ${whole(figures.redisPeakMiB)} MiB at most, by its own word`,
    figures.loss ??
      "PostgreSQL holds every acknowledged heartbeat, and no session ended or expired",
  ];
};

/** The findings for a terminal. */
export const toText = (run: MillionRun): string => {
  const figures = toFigures(run);
  const table = toTextLines(tableOf(figures));
  return [...factsOf(run), "", ...table, "", ...conclusionsOf(figures), ""].join("\n");
};

/** The same as a Markdown document. */
export const toMarkdown = (run: MillionRun): string => {
  const figures = toFigures(run);
  return [
    "# Live seats at their true rhythm",
    "",
    ...factsOf(run).map((fact) => `- ${fact}`),
    "",
    ...toMarkdownLines(tableOf(figures)),
    "",
    ...conclusionsOf(figures).map((conclusion) => `- ${conclusion}`),
    "",
  ].join("\n");
};

/** The same as JSON. */
export const toJson = (run: MillionRun): string => {
  const { startedAt, options, surroundings, loadBefore } = run;
  const about = { startedAt, options, surroundings, postgresSettings, loadBefore };
  return `${JSON.stringify({ ...about, ...toFigures(run) }, null, 2)}\n`;
};
