/** What follows when the server could not be asked: offline, the countdown, the lapse. */
import { still, tried, withEffects } from "./calls.ts";
import type { Core, Step } from "./model.ts";
import { spreadMs } from "./pauses.ts";
import { endServerMs, usableFile, usableLease } from "./rights.ts";
import { advanced, monotonicAt, serverTimeMs } from "./server-clock.ts";
import type { Now } from "./server-clock.ts";
import { lapseWarningMinutes, timing } from "./timing.ts";

/** Counts a suspected sleep as time, now that the server was asked in vain. */
export const sleepBelieved = (core: Core): Core => ({
  ...core,
  clock: core.clock === null ? null : advanced(core.clock, core.suspectedSleepMs),
  suspectedSleepMs: 0,
});

/** When to ask again while offline: every 5 minutes, and every 5 s in the half minute before the end. */
const offlineTryAtMs = (core: Core, at: Now, random: number): number => {
  const regularMs = at.monotonicMs + spreadMs(timing.offlineRetryMs, random);
  const endMs = endServerMs(core);
  if (endMs === null || core.clock === null) return regularMs;
  const lastTriesMs = monotonicAt(core.clock, endMs) - timing.lastTriesBeforeMs;
  return Math.min(regularMs, Math.max(lastTriesMs, at.monotonicMs + timing.lastTriesEveryMs));
};

/**
 * The lease's right to run has ended. A license file takes over if there is one; else the app must
 * stop, and the client goes on asking, and goes on by itself when it may.
 */
const lapsed = (core: Core, at: Now, random: number): Step => {
  if (usableFile(core, at) !== null) {
    return still({ ...core, phase: { name: "filed", warned: null }, nextTryAtMs: null });
  }
  return lapsedForGood(core, at, random);
};

const lapsedForGood = (core: Core, at: Now, random: number): Step => ({
  core: {
    ...core,
    phase: {
      name: "lapsed",
      sinceServerMs: core.clock === null ? at.wallMs : serverTimeMs(core.clock, at),
    },
    nextTryAtMs: core.key === null ? null : at.monotonicMs + spreadMs(timing.lapsedRetryMs, random),
  },
  effects: [{ type: "persist" }, { type: "notify", notice: { kind: "lapsed" } }],
});

/** On without the server by what is left: the lease's grace, else a license file, else nothing. */
export const wentWithoutServer = (before: Core, at: Now, random: number): Step => {
  const core = sleepBelieved(before);
  if (usableLease(core, at) !== null && core.clock !== null) {
    const offline: Core = {
      ...core,
      phase: {
        name: "offline",
        sinceServerMs: serverTimeMs(core.clock, at),
        warned: null,
        lateUntilMs: null,
      },
    };
    return {
      core: { ...offline, nextTryAtMs: offlineTryAtMs(offline, at, random) },
      effects: [{ type: "persist" }],
    };
  }
  return lapsed(core, at, random);
};

/** Still offline after another try in vain; past the end it lapses at once. */
export const stayedOffline = (before: Core, at: Now, random: number): Step => {
  const core = sleepBelieved(before);
  const { phase } = core;
  const endMs = endServerMs(core);
  if (endMs === null || core.clock === null || phase.name !== "offline") return still(core);
  if (serverTimeMs(core.clock, at) < endMs) {
    return still({ ...core, nextTryAtMs: offlineTryAtMs(core, at, random) });
  }
  const slept = before.suspectedSleepMs > 0;
  const lateUntilMs =
    phase.lateUntilMs ?? (slept ? at.monotonicMs + timing.wakePatienceMs : at.monotonicMs);
  const nextTryAtMs = at.monotonicMs + timing.wakePauseMs;
  return nextTryAtMs < lateUntilMs
    ? still({ ...core, phase: { ...phase, lateUntilMs }, nextTryAtMs })
    : lapsed(core, at, random);
};

/** Warns 10 and 2 minutes before the end, and ends. */
export const endChecked = (core: Core, at: Now, random: number): Step => {
  const endMs = endServerMs(core);
  const { phase } = core;
  if (endMs === null || core.clock === null) return still(core);
  const leftMs = endMs - serverTimeMs(core.clock, at);

  if (leftMs > 0) {
    const due = lapseWarningMinutes.findLast((minutes) => leftMs <= minutes * 60_000);
    if (due === undefined || (phase.name !== "offline" && phase.name !== "filed")) {
      return still(core);
    }
    if (phase.warned !== null && phase.warned <= due) return still(core);
    return withEffects(still({ ...core, phase: { ...phase, warned: due } }), {
      type: "notify",
      notice: { kind: "lapseWarning", minutesLeft: due },
    });
  }

  if (phase.name !== "offline") return lapsed(core, at, random);
  if (phase.lateUntilMs !== null) {
    return at.monotonicMs < phase.lateUntilMs ? still(core) : lapsed(core, at, random);
  }
  // The timer stood at the end exactly, so being late means that the machine slept: the network may
  // be coming back, and the server is asked before the app has to stop. Once, or sleep would extend.
  if (-leftMs > timing.sleepThresholdMs) {
    const lateUntilMs = at.monotonicMs + timing.wakePatienceMs;
    const late: Core = { ...core, phase: { ...phase, lateUntilMs } };
    return late.request === null ? tried(late, at) : still(late);
  }
  return lapsed(core, at, random);
};
