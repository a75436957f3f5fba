/**
 * The order of a run: part after part, and within a part all that it compares in every round, A B A B, turned round
 * every time. Parts do not alternate: an outage leaves an API behind that has to warm up again.
 */
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

/**
 * A server needs some 140,000 requests until V8 has compiled for good what it runs: on a machine where nobody else
 * works, the hello starts at 256 µs of CPU a request, is at 100 to 114 after 80,000 and mostly at 89 to 96 after
 * 140,000.
 */
const warmUpRounds = 6;

interface Running {
  /** The first round; those up to 0 warm up. */
  readonly from: number;
  /** The last one. */
  readonly to: number;
  round(number: number): Promise<void>;
  /** After the last round. */
  finish?(): Promise<void>;
  /** However it ends. */
  close?(): Promise<void>;
}

const open = async (context: Context, part: Part): Promise<Running> => {
  const to = context.sizes.rounds;
  const few = Math.min(to, longRounds);
  const warm = { from: 1 - warmUpRounds, to };
  switch (part) {
    case "heartbeat":
      return { ...warm, round: (number) => measureHeartbeats(context, number) };
    case "acquire":
      return { ...warm, round: (number) => measureAcquires(context, number) };
    case "storm":
      return {
        ...warm,
        round: (number) => measureStorms(context, number),
        finish: () => countStormTransactions(context),
      };
    case "lease":
      return { ...warm, round: (number) => measureLeaseChecks(context, number) };
    case "outage":
      // An API that comes back is never warm.
      return { from: 1, to: few, round: () => measureOutages(context) };
    case "rebuild": {
      const rebuilds = await openRebuilds(context);
      const round = (number: number) => rebuilds.measure(context, number);
      return { from: 0, to: few, round, close: rebuilds.close };
    }
  }
};

/** Runs the parts, each with its warm-up and its rounds. Throws for the first answer that does not belong. */
export const runRounds = async (context: Context, only: readonly Part[]): Promise<void> => {
  for (const part of only) {
    const { from, to, round, finish, close } = await open(context, part);
    try {
      for (let number = from; number <= to; number += 1) {
        context.enter(number);
        await round(number);
      }
      await finish?.();
    } finally {
      await close?.();
    }
  }
};
