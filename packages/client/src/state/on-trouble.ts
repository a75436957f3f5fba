/** A call that brought no believable answer. It never takes a right away; only time does. */
import { called, still, tried } from "./calls.ts";
import type { Core, Step } from "./model.ts";
import type { NetworkError } from "../latchkey-error.ts";
import { fullJitterMs, spreadMs, waitingPauseMs } from "./pauses.ts";
import { usableFile } from "./rights.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";
import { stayedOffline, wentWithoutServer } from "./without-server.ts";

/** Gives up the heartbeats and asks for the seat anew, with the lease still in hand. */
export const reacquired = (core: Core, at: Now): Step =>
  tried(
    {
      ...core,
      phase: {
        name: "reconnecting",
        failures: core.phase.name === "reconnecting" ? core.phase.failures : 1,
        retryUntilMs: at.monotonicMs,
        reacquiring: true,
      },
    },
    at,
  );

/** A heartbeat failed: 3 retries, all while the lease still lives, then acquire. */
const heartbeatFailed = (
  core: Core,
  at: Now,
  random: number,
  error: NetworkError,
  sentAtMs: number,
): Step => {
  const before = core.phase.name === "reconnecting" ? core.phase : null;
  const failures = (before?.failures ?? 0) + 1;
  const retryUntilMs = before?.retryUntilMs ?? sentAtMs + timing.retryWindowMs;
  const { wokeAtMs } = core;
  const woke = wokeAtMs !== null && sentAtMs - wokeAtMs < timing.retryWindowMs;
  const pauseMs = Math.max(
    fullJitterMs(failures, random),
    (error.retryAfterSeconds ?? 0) * 1000,
    woke ? timing.wakePauseMs : 0,
  );
  const nextTryAtMs = at.monotonicMs + (core.hurry ? 0 : pauseMs);
  const phase = { name: "reconnecting", failures, retryUntilMs, reacquiring: false } as const;
  const next = { ...core, phase, hurry: false };
  return failures > timing.heartbeatRetries || nextTryAtMs + timing.shortestCallMs > retryUntilMs
    ? reacquired(next, at)
    : still({ ...next, nextTryAtMs });
};

/** Ends the phase in which the app waits for the server to take the seat back. */
export const releaseContinued = (core: Core, at: Now): Step => {
  const { phase } = core;
  const leftMs = phase.name === "releasing" ? phase.untilMs - at.monotonicMs : 0;
  return core.lease !== null && leftMs > 0
    ? called(core, "release", at, leftMs)
    : still({ ...core, phase: { name: "released" }, nextTryAtMs: null });
};

/** Puts the next try forward when somebody asked for one during the call that just failed. */
const hurried = (step: Step, at: Now, hurry: boolean): Step =>
  hurry && step.core.nextTryAtMs !== null
    ? { ...step, core: { ...step.core, nextTryAtMs: at.monotonicMs } }
    : step;

/** Call `request` failed with `error`. */
export const onTrouble = (
  before: Core,
  request: NonNullable<Core["request"]>,
  error: NetworkError,
  at: Now,
  random: number,
): Step => {
  const core: Core = { ...before, problem: error };
  const calm: Core = { ...core, hurry: false };
  const { phase } = core;
  const askedMs = (error.retryAfterSeconds ?? 0) * 1000;
  const later = (pauseMs: number): Step =>
    still({ ...calm, nextTryAtMs: at.monotonicMs + Math.max(pauseMs, askedMs) });

  switch (phase.name) {
    case "activating":
      return still({ ...calm, phase: { name: core.key === null ? "unlicensed" : "released" } });
    case "acquiring": {
      if (core.lease !== null || usableFile(core, at) !== null) {
        return hurried(wentWithoutServer(calm, at, random), at, core.hurry);
      }
      const next = later(1000 + fullJitterMs(phase.attempt, random));
      return hurried(
        { ...next, core: { ...next.core, phase: { ...phase, attempt: phase.attempt + 1 } } },
        at,
        core.hurry,
      );
    }
    case "running":
      return heartbeatFailed(core, at, random, error, request.sentAtMs);
    case "reconnecting":
      return phase.reacquiring
        ? hurried(wentWithoutServer(calm, at, random), at, core.hurry)
        : heartbeatFailed(core, at, random, error, request.sentAtMs);
    case "offline":
      return hurried(stayedOffline(calm, at, random), at, core.hurry);
    case "lapsed":
      return hurried(later(spreadMs(timing.lapsedRetryMs, random)), at, core.hurry);
    case "waiting":
      return hurried(
        later(waitingPauseMs(phase.polls, random, error.retryAfterSeconds)),
        at,
        core.hurry,
      );
    case "blocked":
      return hurried(later(spreadMs(timing.offlineRetryMs, random)), at, core.hurry);
    case "releasing":
      return request.call === "release"
        ? still({ ...calm, phase: { name: "released" }, nextTryAtMs: null })
        : releaseContinued(calm, at);
    case "unlicensed":
    case "released":
    case "filed":
      return still(calm);
  }
};
