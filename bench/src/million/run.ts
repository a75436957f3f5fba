/** A million live seats at their true rhythm, on one machine; see ../../README.md. */
import os from "node:os";
import type { Progress } from "../progress.ts";
import { withServers } from "../servers.ts";
import { readSurroundings } from "../surroundings.ts";
import type { Surroundings } from "../surroundings.ts";
import { beatHearts, createLeases } from "./load.ts";
import type { Beaten } from "./load.ts";
import type { MillionOptions } from "./options.ts";
import { seedSessions } from "./seed.ts";
import { raisePeak, readCpuOfAll, readDatabase, readRedisPeakMiB, usedByAll } from "./usage.ts";
import type { DatabaseState, MemoryMiB, MillionCpuSeconds } from "./usage.ts";

/**
 * What a PostgreSQL of this size is given (docs/operations): by the defaults a checkpoint every few seconds would
 * make it write each page whole into the WAL again and again.
 */
export const postgresSettings = {
  shared_buffers: "1GB",
  max_wal_size: "8GB",
  checkpoint_timeout: "15min",
  wal_compression: "on",
} as const;

/** Longer than any lease here: the names of features and limits are the same in all. */
const leaseRoom = 1024;
const sampleMs = 10_000;

export interface MillionRun {
  readonly startedAt: Date;
  readonly options: MillionOptions;
  readonly surroundings: Surroundings;
  readonly loadBefore: readonly number[];
  readonly beaten: Beaten;
  readonly cpu: MillionCpuSeconds;
  readonly peakMiB: MemoryMiB;
  readonly redisPeakMiB: number;
  readonly before: DatabaseState;
  readonly after: DatabaseState;
}

/** What PostgreSQL lacks of what was acknowledged, and who lost their seat; null when all is well. */
export const lossOf = ({
  beaten: { acknowledged, unanswered },
  before,
  after,
}: Pick<MillionRun, "beaten" | "before" | "after">): string | null => {
  const stored = after.sequence - before.sequence;
  const isWhole = stored >= acknowledged && stored <= acknowledged + unanswered;
  if (isWhole && after.ended === 0 && after.expired === 0) return null;
  return (
    `PostgreSQL holds ${stored} heartbeats; acknowledged were ${acknowledged}, unanswered ${unanswered}. ` +
    `${after.ended} sessions ended, ${after.expired} expired.`
  );
};

/** Seeds, beats and counts. Throws the signal's reason. */
export const runMillion = (
  options: MillionOptions,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<MillionRun> =>
  withServers({ signal, report: progress.show, postgresSettings }, async (servers) => {
    const [startedAt, loadBefore] = [new Date(), os.loadavg()];
    const surroundings = await readSurroundings(servers);
    const { sessions, seconds } = options;
    const leases = createLeases(sessions, leaseRoom);
    const firstBeatMs = new Float64Array(sessions);
    let held = 0;
    const startsAtMs = await seedSessions(servers, sessions, {
      signal,
      report: progress.show,
      hold: ({ lease, firstBeatMs: first }) => {
        leases.set(held, lease);
        firstBeatMs[held] = first;
        held += 1;
      },
    });
    const worker = await servers.startWorker();
    const before = await readDatabase(servers);
    const cpuBefore = readCpuOfAll(servers, worker.pid);
    const peakMiB: MemoryMiB = {
      server: null,
      postgresql: null,
      redis: null,
      generator: null,
      worker: null,
    };
    const sampling = setInterval(() => raisePeak(servers, worker.pid, peakMiB), sampleMs);
    let beaten: Beaten;
    try {
      beaten = await beatHearts({
        apiUrl: servers.apiUrl,
        leases,
        firstBeatMs,
        // Each lease has a minute more than its session needs, should the seeding have taken longer than planned.
        startsAtMs: Math.max(startsAtMs, Date.now()),
        seconds,
        signal,
        onProgress: ({ due, acknowledged, waiting }) =>
          progress.show(`${due} heartbeats due, ${acknowledged} acknowledged, ${waiting} waiting`),
      });
    } finally {
      clearInterval(sampling);
    }
    if (!worker.isUp()) {
      const printed = worker.printed();
      throw new Error(`The worker ended before the heartbeats did. It printed:\n${printed}`);
    }
    const cpu = usedByAll(cpuBefore, readCpuOfAll(servers, worker.pid));
    raisePeak(servers, worker.pid, peakMiB);
    const after = await readDatabase(servers);
    const redisPeakMiB = await readRedisPeakMiB(servers);
    return {
      startedAt,
      options,
      surroundings,
      loadBefore,
      beaten,
      cpu,
      peakMiB,
      redisPeakMiB,
      before,
      after,
    };
  });
