import type { Core } from "./model.ts";
import { endServerMs, isWorking } from "./rights.ts";
import { monotonicAt, serverTimeMs } from "./server-clock.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

const MINUTE_MS = 60_000;

/** When the next full minute before the end begins: warnings and the end itself are among them. */
const nextMinuteMs = (core: Core, at: Now): number | null => {
  const endMs = endServerMs(core);
  if (endMs === null || core.clock === null) return null;
  const leftMs = endMs - serverTimeMs(core.clock, at);
  if (leftMs <= 0) return null;
  const minutes = Math.ceil(leftMs / MINUTE_MS) - 1;
  return monotonicAt(core.clock, endMs - minutes * MINUTE_MS);
};

/** When the machine has to look again by itself, in ms of the monotonic clock; null for never. */
export const nextWakeMs = (core: Core, at: Now): number | null => {
  const { phase, request } = core;
  const works = isWorking(core);
  const candidates = [
    request === null ? core.nextTryAtMs : null,
    nextMinuteMs(core, at),
    phase.name === "releasing" && request?.call !== "release" ? phase.patienceUntilMs : null,
    works ? core.persistedAtMs + timing.persistEveryMs : null,
    phase.name === "offline" ? phase.lateUntilMs : null,
    works ? at.monotonicMs + timing.tickMs : null,
  ].filter((moment) => moment !== null);
  return candidates.length === 0 ? null : Math.min(...candidates);
};
