import { setTimeout as sleep } from "node:timers/promises";
import { systemCall } from "@latchkey/core";
import type { ClockAdvanceOutcome, Core, CoreDeps } from "@latchkey/core";
import type { Carrier } from "./carrier.ts";
import { doWhatIsDue, findNextDueAt } from "./due.ts";
import { relay } from "./relay.ts";
import type { Reactions } from "./reactions.ts";

export interface ClockKeeperOptions {
  readonly core: Core;
  readonly seatCache: CoreDeps["seatCache"];
  readonly carrier: Carrier;
  readonly reactions: Reactions;
  /** Aborts when the worker stops: the advance is left for the next one. */
  readonly signal: AbortSignal;
}

const lookAgainMs = 20;
const system = systemCall("move-clock");

/** Does everything that is due now, and what follows from it, until there is quiet. */
const settle = async ({ core, carrier, reactions, signal }: ClockKeeperOptions): Promise<void> => {
  while (!signal.aborted) {
    const found = await doWhatIsDue(core, carrier);
    await relay(core, carrier, reactions);
    if (found === 0 && (await core.operations.isQuiet(system))) return;
    await sleep(lookAgainMs);
  }
};

/** Redis keeps its own time, which does not jump: what it knows of seats is void after a move. */
const moveTo = async ({ core, seatCache }: ClockKeeperOptions, to: Date): Promise<void> => {
  await core.operations.moveClock(system, { to });
  await seatCache.forgetAll();
};

/**
 * Carries out the oldest advance of the sandbox's clock that waits, if no other worker is at it: stops
 * at each instant at which something falls due, does all of it, and goes on, so that everything happens
 * in the order and at the time of its own. A row whose job failed for good holds nothing up.
 */
export const keepClock = (options: ClockKeeperOptions): Promise<boolean> =>
  options.core.operations.claimClockAdvance(
    system,
    async ({ advanceTo }): Promise<ClockAdvanceOutcome> => {
      await settle(options);
      for (;;) {
        const next = await findNextDueAt(options.core);
        if (options.signal.aborted) return "interrupted";
        if (next === null || next > advanceTo) break;
        await moveTo(options, next);
        await settle(options);
      }
      await moveTo(options, advanceTo);
      await settle(options);
      return options.signal.aborted ? "interrupted" : "done";
    },
  );
