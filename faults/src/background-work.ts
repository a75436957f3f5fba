import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { House, HouseLicense } from "./house/house.ts";

const Done = z.object({
  expired: z.boolean(),
  mails: z.coerce.number(),
  run: z.string().nullable(),
});
const DUE_AFTER_MS = 500;
/** The worker notices after half a minute that nobody takes runs, and takes them anew. */
const WITHIN_MS = 120_000;

/**
 * Work for the worker: a license runs out in a moment. That is a due row, a job, an event, and a job that
 * mails it.
 */
export const createBackgroundWork = (house: House) => {
  const given: HouseLicense[] = [];
  return {
    give: async (): Promise<void> => {
      for (;;) {
        const paidUntil = new Date(Date.now() + DUE_AFTER_MS);
        const license = await house.issue({ maxSeats: 1, paidUntil });
        // Issued too slowly, it has run out from the start: that is no change, and nobody is told of it.
        if (new Date() < paidUntil) return void given.push(license);
      }
    },
    /** Waits until all that was given is done, and answers what is not, or is done twice. */
    undone: async (): Promise<string[]> => {
      let found: string[] = [];
      for (let waitedMs = 0; waitedMs < WITHIN_MS; waitedMs += 200) {
        found = [];
        for (const { licenseId, ownerEmail } of given) {
          const [row] = await house.sql`
            select status = 'expired' as expired,
              (select count(*) from mails where to_address = ${ownerEmail} and status = 'sent') as mails,
              (select concat_ws(', ', run.status, run.attempts || ' tries', run.last_error)
                from job_runs run join outbox_events event on event.id = run.event_id
                where event.payload->>'licenseId' = licenses.id::text and run.job = 'send-mail'
                order by run.queued_at desc limit 1) as run
            from licenses where id = ${licenseId}`;
          const { expired, mails, run } = Done.parse(row);
          if (!expired) found.push(`License ${licenseId} ran out and is not told so.`);
          if (mails !== 1) {
            const how = run ?? "no run";
            found.push(`About the end of license ${licenseId} went ${mails} mails (${how}).`);
          }
        }
        if (found.length === 0) return [];
        await sleep(200);
      }
      return found;
    },
  };
};
