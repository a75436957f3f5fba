import { errorCatalogue, isDomainError } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import type { CarriedRun, Core } from "@latchkey/core";
import type { Log } from "@latchkey/core/ports";
import { describeError } from "@latchkey/db";
import { z } from "zod";
import type { Job } from "./job.ts";

/** Whether the same call may succeed later: what the catalogue says, and yes for what nobody foresaw. */
const mayRetry = (error: unknown): boolean => {
  if (isDomainError(error)) return errorCatalogue[error.code].retryable;
  // What the errors of zod and of zod/mini both are; claims are checked by the small one.
  return !(error instanceof z.core.$ZodError);
};

const textOf = (error: unknown): string => {
  const { type, message } = describeError(error);
  return error instanceof Error ? `${type}: ${message}` : message;
};

/** Runs carried here, one try each, and the ids of those at work. */
export interface Runner {
  process(run: CarriedRun): Promise<void>;
  readonly atWork: ReadonlySet<string>;
}

/**
 * Does one try of a run and records how it went, with one wide log line. Rejects when the carrier shall
 * bring it again: the job failed and may be retried, or PostgreSQL is away and nothing was recorded.
 */
export const createRunner = (core: Core, jobs: ReadonlyMap<string, Job>, log: Log): Runner => {
  const { operations } = core;
  const atWork = new Set<string>();

  const process = async ({ runId }: CarriedRun): Promise<void> => {
    const system = systemCall("run-job");
    const started = await operations.startRun(system, { runId });
    // Finished meanwhile, or at work elsewhere: there is nothing to do for this carrier.
    if (!started) return;
    const { job: name, attempt, target } = started;
    const startedAtMs = performance.now();
    const fields = (outcome: string) => ({
      job: name,
      runId,
      target,
      attempt,
      outcome,
      ms: Math.round(performance.now() - startedAtMs),
    });
    atWork.add(runId);
    try {
      const job = jobs.get(name);
      if (!job) throw new Error(`This worker knows no job "${name}".`);
      const last = attempt >= job.retry.attempts;
      try {
        const call = { ...systemCall(name), requestId: runId };
        await job.run(core, call, started.payload, { last });
      } catch (error) {
        const final = last || !mayRetry(error);
        await operations.failRun(system, { runId, attempt, error: textOf(error), final });
        const code = isDomainError(error) ? error.code : "INTERNAL";
        if (!final) {
          log.warn(
            { ...fields("retrying"), code, err: error },
            `${name} failed and is tried again`,
          );
          throw error;
        }
        log.error({ ...fields("failed"), code, err: error }, `${name} failed for good`);
        return;
      }
      await operations.succeedRun(system, { runId, attempt });
      log.info(fields("succeeded"), name);
    } finally {
      atWork.delete(runId);
    }
  };
  return { process, atWork };
};
