/** The order of a run: all that is measured in every round, A B A B, turned round every time. */
import type { Context } from "./context.ts";
import { measureAcquires } from "./measurements/acquire.ts";
import { measureHeartbeats } from "./measurements/heartbeat.ts";
import { measureLeaseChecks } from "./measurements/lease-check.ts";
import { measureOutages } from "./measurements/outage.ts";
import { openRebuilds } from "./measurements/rebuild.ts";
import { countStormTransactions, measureStorms } from "./measurements/storm.ts";
import type { Part } from "./options.ts";

/** An outage and a rebuild take long, and tell as much in fewer rounds. */
const longRounds = 3;

interface Running {
  readonly part: Part;
  /** The first round; 0 warms up. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  round(number: number): Promise<void>;
  close?(): Promise<void>;
}

const open = async (context: Context, part: Part): Promise<Running> => {
  const to = context.sizes.rounds;
  const few = Math.min(to, longRounds);
  switch (part) {
    case "heartbeat":
      return { part, from: 0, to, round: (number) => measureHeartbeats(context, number) };
    case "acquire":
      return { part, from: 0, to, round: (number) => measureAcquires(context, number) };
    case "storm":
      return { part, from: 0, to, round: (number) => measureStorms(context, number) };
    case "lease":
      return { part, from: 0, to, round: (number) => measureLeaseChecks(context, number) };
    case "outage":
      // An API that comes back is never warm.
      return { part, from: 1, to: few, round: () => measureOutages(context) };
    case "rebuild": {
      const rebuilds = await openRebuilds(context);
      const round = (number: number) => rebuilds.measure(context, number);
      return { part, from: 0, to: few, round, close: rebuilds.close };
    }
  }
};

/** Runs a warm-up and all rounds of these parts. Throws for the first answer that does not belong. */
export const runRounds = async (context: Context, only: readonly Part[]): Promise<void> => {
  const running: Running[] = [];
  try {
    for (const part of only) running.push(await open(context, part));
    for (let number = 0; number <= context.sizes.rounds; number += 1) {
      context.enter(number);
      for (const { from, to, round } of running) {
        if (number >= from && number <= to) await round(number);
      }
    }
    if (only.includes("storm")) await countStormTransactions(context);
  } finally {
    for (const { close } of running) await close?.();
  }
};
