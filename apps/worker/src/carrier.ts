/**
 * BullMQ as the carrier of runs: it hands each to one worker, waits between tries and shares them out.
 * It remembers nothing that matters. A run's id is its job id there, so carrying it twice is carrying it
 * once; finished jobs are removed, since PostgreSQL knows what became of them.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { CarriedRun } from "@latchkey/core";
import { clusterLookMs, readClusterUrl } from "@latchkey/redis";
import { Queue, Worker } from "bullmq";
import { Cluster, Redis } from "ioredis";
import type { Availability } from "./availability.ts";
import type { RetryPolicy } from "./job.ts";

export interface CarrierOptions {
  readonly redisUrl: string;
  readonly cluster: boolean;
  /** Runs at the same time in this process. */
  readonly concurrency: number;
  readonly retryOf: (job: string) => RetryPolicy;
  /** Does one try; rejects when it shall be tried again after a wait. */
  readonly process: (run: CarriedRun) => Promise<void>;
  readonly availability: Availability;
}

export interface Carrier {
  /** Hands runs on. Answers false when Redis is away: the sweeper finds them later. */
  carry(runs: readonly CarriedRun[]): Promise<boolean>;
  /**
   * Replaces the connection that takes runs, where runs wait, there is room for them, and none was taken for half a
   * minute; for longer, up to five minutes, where replacing it helped nothing. To be asked every few seconds. Never rejects.
   */
  replaceWhereStuck(): Promise<void>;
  /** Takes no more runs and waits for those at work, `patienceMs` at most. */
  close(patienceMs: number): Promise<void>;
}

const queueName = "jobs";
/** The hash tag keeps the queue's keys in one slot of a Cluster. */
const prefix = "{latchkey}";
const batchSize = 500;
const handOverTimeoutMs = 5_000;
/** Longer than BullMQ ever asks Redis to keep a command waiting, which is 10 s. */
const takeTimeoutMs = 15_000;
/** Longer than it takes to lose a command and to ask again; twice as long after each replacement that changed nothing. */
const stuckAfterMs = { least: 30_000, most: 300_000 } as const;
/** A process that was frozen itself has seen nothing meanwhile. */
const mostPerLookMs = 5_000;
/** After a lost command; BullMQ's own is 15 s. */
const askAgainAfterMs = 1_000;

interface Patience {
  readonly commandTimeout?: number;
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue: boolean;
}

const connect = (url: string, cluster: boolean, patience: Patience): Redis | Cluster => {
  const retryStrategy = (attempt: number): number => Math.min(100 * attempt, 2_000);
  if (!cluster) return new Redis(url, { ...patience, retryStrategy });
  const { enableOfflineQueue, ...perNode } = patience;
  const { node, credentials } = readClusterUrl(url);
  return new Cluster([node], {
    clusterRetryStrategy: retryStrategy,
    slotsRefreshInterval: clusterLookMs,
    enableOfflineQueue,
    redisOptions: { ...perNode, ...credentials },
  });
};

export const createCarrier = (options: CarrierOptions): Carrier => {
  const { redisUrl, cluster, concurrency, retryOf, process, availability } = options;
  // Handing over answers soon or fails: the runs are safe in PostgreSQL. Taking tries for ever, and yet no command
  // may: the client of a Cluster can lose one with the node that it went to, and nobody would take a run again.
  const giving = connect(redisUrl, cluster, {
    commandTimeout: handOverTimeoutMs,
    maxRetriesPerRequest: 1,
    enableOfflineQueue: false,
  });
  const tellAvailability = (connection: Redis | Cluster): Redis | Cluster =>
    connection.on("error", availability.away).on("ready", availability.back);
  tellAvailability(giving);

  // BullMQ keeps a failure to begin for ever: a queue that could not begin is replaced by another.
  let queue: Queue | null = null;
  const openQueue = async (): Promise<Queue> => {
    queue ??= new Queue(queueName, { connection: giving, prefix }).on("error", availability.away);
    try {
      await queue.waitUntilReady();
      return queue;
    } catch (error) {
      queue = null;
      throw error;
    }
  };
  const atWork = new Set<Promise<void>>();
  /** For how long runs were seen to wait in vain, and how long that may be. */
  let waitedMs = 0;
  let patienceWithTakingMs: number = stuckAfterMs.least;
  let lookedAtMs = performance.now();
  let closing = false;

  const startTaking = () => {
    const connection = tellAvailability(
      connect(redisUrl, cluster, {
        commandTimeout: takeTimeoutMs,
        maxRetriesPerRequest: null,
        enableOfflineQueue: true,
      }),
    );
    const worker = new Worker(
      queueName,
      async ({ id: runId, name: job }) => {
        waitedMs = 0;
        patienceWithTakingMs = stuckAfterMs.least;
        if (runId === undefined) return;
        const trying = process({ runId, job });
        atWork.add(trying);
        await trying.finally(() => atWork.delete(trying));
      },
      { connection, prefix, concurrency, runRetryDelay: askAgainAfterMs },
    );
    // One that could not begin would ask again without a pause, and nothing else would run. It is replaced.
    worker
      .waitUntilReady()
      .catch(() => worker.close(true))
      .catch(() => undefined);
    // Also told when Redis was emptied under a job at work; its run is remembered elsewhere.
    worker.on("error", availability.away);
    return { connection, worker };
  };
  let taking = startTaking();

  /** Nobody is to blame while Redis is away. */
  const runsWait = async (): Promise<boolean> => {
    if (giving.status !== "ready") return false;
    try {
      const open = await openQueue();
      return (await open.getWaitingCount()) > 0;
    } catch {
      return false;
    }
  };

  return {
    // On a Cluster BullMQ 6.7 resets its blocking connection once a command has got lost, and waits for that without
    // end where the connection has no node left: nobody would take a run again.
    replaceWhereStuck: async () => {
      const inVain = atWork.size < concurrency && (await runsWait());
      const nowMs = performance.now();
      waitedMs = inVain ? waitedMs + Math.min(nowMs - lookedAtMs, mostPerLookMs) : 0;
      lookedAtMs = nowMs;
      if (closing || waitedMs < patienceWithTakingMs) return;
      availability.away(new Error("Runs wait and nobody takes them: by another connection now"));
      const stuck = taking;
      taking = startTaking();
      waitedMs = 0;
      patienceWithTakingMs = Math.min(2 * patienceWithTakingMs, stuckAfterMs.most);
      stuck.worker.close(true).catch(() => undefined);
      stuck.connection.disconnect();
    },
    carry: async (runs) => {
      if (runs.length === 0) return true;
      if (giving.status !== "ready") return false;
      try {
        const open = await openQueue();
        for (let start = 0; start < runs.length; start += batchSize) {
          await open.addBulk(
            runs.slice(start, start + batchSize).map(({ runId, job }) => {
              const { attempts, firstWaitMs } = retryOf(job);
              const backoff = { type: "exponential", delay: firstWaitMs, jitter: 0.5 };
              return {
                name: job,
                data: {},
                opts: {
                  jobId: runId,
                  attempts,
                  backoff,
                  removeOnComplete: true,
                  removeOnFail: true,
                },
              };
            }),
          );
        }
        return true;
      } catch (error) {
        availability.away(error);
        return false;
      }
    },
    close: async (patienceMs) => {
      closing = true;
      const { connection, worker } = taking;
      // Closing asks Redis, which may be away: what it answers changes nothing here.
      const closed = Promise.all([worker.close(), queue?.close()]).catch(() => undefined);
      // Of a worker that was replaced, too.
      const worked = Promise.allSettled(atWork);
      const finished = connection.status === "ready" ? Promise.all([closed, worked]) : worked;
      await Promise.race([finished, sleep(patienceMs, undefined, { ref: false })]);
      giving.disconnect();
      connection.disconnect();
    },
  };
};
