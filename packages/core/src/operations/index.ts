import type { CoreDeps } from "../deps.ts";
import {
  failRun,
  hasUnfinishedRuns,
  isQuiet,
  requestRuns,
  requeueStalledRuns,
  startRun,
  succeedRun,
  touchRuns,
} from "./job-runs.ts";
import { listRuns } from "./list-runs.ts";
import { relayEvents } from "./relay-events.ts";
import { readMode } from "./read-mode.ts";
import { advanceClock, claimClockAdvance, moveClock, readClock } from "./sandbox-clock.ts";

/** The memory of background work, and the sandbox's clock. */
export const createOperations = (deps: CoreDeps) => ({
  relayEvents: relayEvents(deps),
  requestRuns: requestRuns(deps),
  startRun: startRun(deps),
  succeedRun: succeedRun(deps),
  failRun: failRun(deps),
  touchRuns: touchRuns(deps),
  requeueStalledRuns: requeueStalledRuns(deps),
  isQuiet: isQuiet(deps),
  hasUnfinishedRuns: hasUnfinishedRuns(deps),
  listRuns: listRuns(deps),
  readMode: readMode(deps),
  readClock: readClock(deps),
  advanceClock: advanceClock(deps),
  claimClockAdvance: claimClockAdvance(deps),
  moveClock: moveClock(deps),
});

export type { Reaction } from "./relay-events.ts";
export type { ClockAdvanceOutcome } from "./sandbox-clock.ts";
export type { CarriedRun, WaitingEvent } from "./store.ts";
