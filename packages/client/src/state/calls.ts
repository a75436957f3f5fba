import type { Call, Core, Effect, Step } from "./model.ts";
import type { Now } from "./server-clock.ts";
import { timing } from "./timing.ts";

/** A step without effects. */
export const still = (core: Core): Step => ({ core, effects: [] });

/** A step that continues with another one. */
export const andThen = (step: Step, next: (core: Core) => Step): Step => {
  const { core, effects } = next(step.core);
  return { core, effects: [...step.effects, ...effects] };
};

/** A step with effects added at its end. */
export const withEffects = (step: Step, ...effects: Effect[]): Step => ({
  core: step.core,
  effects: [...step.effects, ...effects],
});

/** Forgets the call under way, if any: its answer, should it come, is ignored. */
export const abandoned = (core: Core): Step =>
  core.request === null
    ? still(core)
    : {
        core: { ...core, request: null },
        effects: [{ type: "abandon", id: core.request.id }],
      };

/** Starts a call; one that is still under way is abandoned, so there is never a second. */
export const called = (core: Core, call: Call, at: Now, timeoutMs: number): Step =>
  andThen(abandoned(core), (free) => {
    const id = free.lastRequestId + 1;
    return {
      core: {
        ...free,
        request: { id, call, sentAtMs: at.monotonicMs },
        lastRequestId: id,
        nextTryAtMs: null,
      },
      effects: [{ type: "call", id, call, timeoutMs }],
    };
  });

/** The call that is due in this phase. */
export const tried = (core: Core, at: Now): Step => {
  const { phase } = core;
  switch (phase.name) {
    case "running":
      return called(core, "heartbeat", at, timing.requestTimeoutMs);
    case "reconnecting": {
      if (phase.reacquiring) return called(core, "acquire", at, timing.requestTimeoutMs);
      const leftMs = phase.retryUntilMs - at.monotonicMs;
      const timeoutMs = Math.max(timing.shortestCallMs, Math.min(timing.requestTimeoutMs, leftMs));
      return called(core, "heartbeat", at, timeoutMs);
    }
    case "acquiring":
    case "offline":
    case "lapsed":
    case "waiting":
    case "blocked":
      return called(core, "acquire", at, timing.requestTimeoutMs);
    case "unlicensed":
    case "released":
    case "activating":
    case "filed":
    case "releasing":
      return still({ ...core, nextTryAtMs: null });
  }
};
