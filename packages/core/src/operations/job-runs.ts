import { authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";
import type { CarriedRun } from "./store.ts";

type Deps = Pick<CoreDeps, "database">;

/** One try of a run; what it reports counts as long as nobody took the run over. */
export interface Attempt {
  readonly runId: string;
  /** 1 for the first. */
  readonly attempt: number;
}

export interface StartedRun extends Attempt {
  readonly job: string;
  readonly target: string;
  readonly payload: Record<string, unknown>;
}

/** What is kept of an error; a page of it is enough for a person. */
const maxErrorLength = 2_000;

/**
 * How long, in seconds of real time, a run rests that ended while its row stayed due, before it is tried
 * once more: an outage may outlast every retry, and what is due may not be forgotten for it.
 */
const restSeconds = 3_600;

/**
 * Remembers work for rows that fell due and answers the runs to carry. The same job and key is one run,
 * however often it is asked for; asking for one that ended an hour ago or longer queues it for one more
 * try. Throws FORBIDDEN.
 */
export const requestRuns =
  ({ database }: Deps) =>
  async (call: Call, runs: readonly Omit<store.NewRun, "eventId">[]): Promise<CarriedRun[]> => {
    authorizeSystem(call);
    if (runs.length === 0) return [];
    return inTransaction(database, call, async (tx) => {
      const added = await store.insertRuns(
        tx,
        runs.map((run) => ({ ...run, eventId: null })),
      );
      if (added.length === runs.length) return added;
      return [...added, ...(await store.requeueEndedRuns(tx, runs, restSeconds))];
    });
  };

/** Takes a run that waits; null when it is finished, or running elsewhere. Throws FORBIDDEN. */
export const startRun =
  ({ database }: Deps) =>
  async (call: Call, { runId }: { runId: string }): Promise<StartedRun | null> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => store.startRun(tx, runId));
  };

/** Records that the attempt did its work. Throws FORBIDDEN. */
export const succeedRun =
  ({ database }: Deps) =>
  async (call: Call, attempt: Attempt): Promise<void> => {
    authorizeSystem(call);
    await inTransaction(database, call, (tx) =>
      store.endAttempt(tx, attempt, { status: "succeeded" }),
    );
  };

/** Records why the attempt failed, and whether that was the last one. Throws FORBIDDEN. */
export const failRun =
  ({ database }: Deps) =>
  async (
    call: Call,
    { error, final, ...attempt }: Attempt & { readonly error: string; readonly final: boolean },
  ): Promise<void> => {
    authorizeSystem(call);
    await inTransaction(database, call, (tx) =>
      store.endAttempt(tx, attempt, {
        status: final ? "failed" : "retrying",
        lastError: error.slice(0, maxErrorLength),
      }),
    );
  };

/** Says that these runs are still being worked on. Throws FORBIDDEN. */
export const touchRuns =
  ({ database }: Deps) =>
  async (call: Call, runIds: readonly string[]): Promise<void> => {
    authorizeSystem(call);
    if (runIds.length > 0) await inTransaction(database, call, (tx) => store.touchRuns(tx, runIds));
  };

/**
 * Answers unfinished runs that nobody spoke of for `silentSeconds` of real time: their carrier lost
 * them, or their worker died. Each is answered once per such silence. Throws FORBIDDEN.
 */
export const requeueStalledRuns =
  ({ database }: Deps) =>
  async (
    call: Call,
    { silentSeconds, limit }: { silentSeconds: number; limit: number },
  ): Promise<CarriedRun[]> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => store.requeueSilentRuns(tx, silentSeconds, limit));
  };

/**
 * Whether everything that was asked for is done, has finally failed, or has failed three times and waits
 * to be tried again. Throws FORBIDDEN.
 */
export const isQuiet =
  ({ database }: Deps) =>
  async (call: Call): Promise<boolean> => {
    authorizeSystem(call);
    return inTransaction(database, call, store.isQuiet);
  };

/** Whether a run of the job waits, works or is to be tried again. Throws FORBIDDEN. */
export const hasUnfinishedRuns =
  ({ database }: Deps) =>
  async (call: Call, { job }: { job: string }): Promise<boolean> => {
    authorizeSystem(call);
    return inTransaction(database, call, (tx) => store.hasUnfinishedRuns(tx, job));
  };
