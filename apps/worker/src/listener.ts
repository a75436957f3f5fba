import type { Database } from "@latchkey/db";
import { startLoop } from "./loop.ts";
import type { Loop } from "./loop.ts";

/** How long a subscription that was lost unnoticed stays lost; polling works meanwhile. */
const renewMs = 10_000;

/**
 * Calls `onNotify` at each notification of `channel`. The driver listens again after a broken
 * connection, but gives up when PostgreSQL is away just then, so the subscription is renewed for ever.
 */
export const startListener = (
  { sql }: Database,
  channel: string,
  onNotify: () => void,
  onError: (error: unknown) => void,
): Pick<Loop, "stop"> => {
  let current: { unlisten: () => Promise<void> } | null = null;
  return startLoop({
    everyMs: renewMs,
    onError,
    work: async () => {
      const renewed = await sql.listen(channel, onNotify);
      await current?.unlisten();
      current = renewed;
    },
  });
};
