import { systemCall } from "@latchkey/core";
import type { Core } from "@latchkey/core";

/** Sessions that one statement looks at: some 20 ms of PostgreSQL. */
const limit = 20_000;

const system = systemCall("end-expired-sessions");

/**
 * Ends every session whose lease ran out. No run of its own is remembered: the rows say what is left to do,
 * and one row of history for each second would tell nobody anything.
 */
export const endExpiredSessions =
  ({ licensing }: Core) =>
  async (): Promise<number> => {
    let total = 0;
    let after: string | null = null;
    do {
      const { ended, next } = await licensing.endExpiredSessions(system, { after, limit });
      total += ended;
      after = next;
    } while (after !== null);
    return total;
  };

/**
 * The same in turns: each looks at the next sessions, and at more while it finds expired ones. Of a million
 * live sessions each is so looked at once in 50 turns.
 */
export const endExpiredInTurn = ({ licensing }: Core): (() => Promise<number>) => {
  let after: string | null = null;
  return async () => {
    let total = 0;
    for (;;) {
      const { ended, next } = await licensing.endExpiredSessions(system, { after, limit });
      total += ended;
      after = next;
      if (ended === 0 || next === null) return total;
    }
  };
};
