import type { Log } from "@latchkey/core/ports";

/** Says once that a server is away and once that it is back, however many notice it. */
export interface Availability {
  away(error: unknown): void;
  back(): void;
}

export const createAvailability = (server: string, log: Log): Availability => {
  let isAway = false;
  return {
    away: (error) => {
      if (isAway) return;
      isAway = true;
      const reason = error instanceof Error ? error.message : String(error);
      log.warn({ server, reason }, `${server} is out of reach; the worker keeps trying`);
    },
    back: () => {
      if (!isAway) return;
      isAway = false;
      log.info({ server }, `${server} is back`);
    },
  };
};
