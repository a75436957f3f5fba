import { setTimeout as sleep } from "node:timers/promises";
import { isDomainError } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import type { Core, CoreDeps } from "@latchkey/core";
import { isUnavailable } from "@latchkey/db";
import { createAvailability } from "./availability.ts";
import { createCarrier } from "./carrier.ts";
import { keepClock } from "./clock-keeper.ts";
import { doWhatIsDue } from "./due.ts";
import { endExpiredInTurn } from "./end-expired-sessions.ts";
import { forgetAnswers } from "./forget-answers.ts";
import type { Job } from "./job.ts";
import { jobs as allJobs } from "./jobs/index.ts";
import { startListener } from "./listener.ts";
import { startLoop } from "./loop.ts";
import { reactions as allReactions } from "./reactions.ts";
import type { Reactions } from "./reactions.ts";
import { relay } from "./relay.ts";
import { createRunner } from "./run-job.ts";
import { sweep } from "./sweeper.ts";

export interface WorkerTiming {
  /** Between looks for events, due rows and clock advances that no notification told of. */
  readonly pollMs: number;
  /** Real seconds after which a run that nobody spoke of counts as lost. */
  readonly silentSeconds: number;
  /** Between sweeps for such runs; also how often a run at work is spoken of. */
  readonly sweepMs: number;
}

const usualTiming: WorkerTiming = { pollMs: 1_000, silentSeconds: 15, sweepMs: 3_000 };
const concurrency = 8;
const tidyingMs = 10 * 60_000;

export interface WorkerOptions {
  readonly core: Core;
  readonly deps: CoreDeps;
  readonly redisUrl: string;
  readonly cluster?: boolean;
  readonly timing?: Partial<WorkerTiming>;
  readonly jobs?: readonly Job[];
  readonly reactions?: Reactions;
}

/** Background work as long as it runs; any number of them share it. */
export interface RunningWorker {
  /** Takes nothing new and lets what runs finish, `patienceMs` at most; answers whether it did. */
  stop(patienceMs: number): Promise<boolean>;
}

const isDatabaseAway = (error: unknown): boolean =>
  isDomainError(error, "UNAVAILABLE") || isUnavailable(error);

/** Starts working, whether or not PostgreSQL and Redis are there already. */
export const startWorker = ({
  core,
  deps: { database, seatCache, log, settings },
  redisUrl,
  cluster = false,
  timing,
  jobs = allJobs,
  reactions = allReactions,
}: WorkerOptions): RunningWorker => {
  const { pollMs, silentSeconds, sweepMs } = { ...usualTiming, ...timing };
  const stopping = new AbortController();
  const postgres = createAvailability("PostgreSQL", log);
  const onError = (error: unknown): void => {
    if (isDatabaseAway(error)) return postgres.away(error);
    log.error({ err: error }, "Background work failed and is tried again");
  };

  const byName = new Map(jobs.map((job) => [job.name, job]));
  const runner = createRunner(core, byName, log);
  const carrier = createCarrier({
    redisUrl,
    cluster,
    concurrency,
    // A job that only a newer worker knows is left to it.
    retryOf: (name) => byName.get(name)?.retry ?? { attempts: 1, firstWaitMs: 1_000 },
    process: runner.process,
    availability: createAvailability("Redis", log),
  });

  const relaying = startLoop({
    everyMs: pollMs,
    onError,
    work: async () => {
      await relay(core, carrier, reactions);
      postgres.back();
    },
  });
  const endExpired = endExpiredInTurn(core);
  const due = startLoop({
    everyMs: pollMs,
    onError,
    work: async () => void (await doWhatIsDue(core, carrier, endExpired)),
  });
  const sweeping = startLoop({
    everyMs: sweepMs,
    onError,
    work: async () => {
      await core.operations.touchRuns(systemCall("touch-runs"), [...runner.atWork]);
      await sweep(core, carrier, silentSeconds);
    },
  });
  const watching = startLoop({ everyMs: sweepMs, onError, work: carrier.replaceWhereStuck });
  const tidying = startLoop({ everyMs: tidyingMs, onError, work: () => forgetAnswers(core) });
  const listeners = [startListener(database, "latchkey_outbox", relaying.wake, onError)];
  const loops = [due, sweeping, relaying, watching, tidying];

  if (settings.mode === "sandbox") {
    const clock = startLoop({
      everyMs: pollMs,
      onError,
      work: async () => {
        const { signal } = stopping;
        const options = { core, seatCache, carrier, reactions, signal };
        while (!signal.aborted && (await keepClock(options)));
      },
    });
    listeners.push(startListener(database, "latchkey_clock", clock.wake, onError));
    loops.push(clock);
  }

  return {
    stop: async (patienceMs) => {
      stopping.abort();
      const stopped = Promise.all([
        carrier.close(patienceMs),
        ...[...listeners, ...loops].map((loop) => loop.stop()),
      ]);
      // A loop may wait for PostgreSQL, which is away; jobs are what must not be cut.
      await Promise.race([stopped, sleep(patienceMs, undefined, { ref: false })]);
      return runner.atWork.size === 0;
    },
  };
};
