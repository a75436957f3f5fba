import { CheckoutSessionId, LicenseId, SubscriptionId } from "@latchkey/contracts";
import { systemCall } from "@latchkey/core";
import type { Call, Core, Reaction } from "@latchkey/core";
import type { Carrier } from "./carrier.ts";
import { endExpiredSessions } from "./end-expired-sessions.ts";
import { endTrial } from "./jobs/end-trial.ts";
import { expireCheckout } from "./jobs/expire-checkout.ts";
import { expireLicense } from "./jobs/expire-license.ts";

interface DueRow {
  readonly id: string;
  readonly dueAt: Date;
}

interface DueSource {
  readonly kind: string;
  readonly list: (core: Core, call: Call, page: { limit: number }) => Promise<readonly DueRow[]>;
  readonly request: (id: string) => Reaction;
  /** A job that must have ended first, for any row. */
  readonly after?: string;
}

/** Rows that wait for an instant, and the job that each asks for when it comes. */
const sources: readonly DueSource[] = [
  {
    kind: "subscription",
    list: ({ billing }, call, page) => billing.listDueSubscriptions(call, page),
    request: (id) => endTrial.request({ subscriptionId: SubscriptionId.parse(id) }),
  },
  {
    kind: "license",
    list: ({ licensing }, call, page) => licensing.listDueLicenses(call, page),
    request: (id) => expireLicense.request({ licenseId: LicenseId.parse(id) }),
    // Both fall due at the same instant, and a payment then prolongs the license.
    after: endTrial.name,
  },
  {
    kind: "checkout session",
    list: ({ billing }, call, page) => billing.listDueCheckouts(call, page),
    request: (id) => expireCheckout.request({ checkoutSessionId: CheckoutSessionId.parse(id) }),
  },
];

const batchSize = 500;
const system = systemCall("due");

/**
 * Asks for a run for every row that is due. The row and its due instant name the run, so asking again
 * each second is asking once, and a row that falls due anew gets a new run. A row that is still due when
 * its run ended is tried again each hour. Answers how many were asked for.
 */
export const requestDueRuns = async (core: Core, carrier: Carrier): Promise<number> => {
  // Listed from the last source to the first, for time goes on: whatever a row must come after was due
  // by then, so it is asked for below, before anybody looks whether it has ended.
  const listed: { source: DueSource; rows: readonly DueRow[] }[] = [];
  for (const source of sources.toReversed()) {
    listed.unshift({ source, rows: await source.list(core, system, { limit: batchSize }) });
  }
  let requested = 0;
  for (const { source, rows } of listed) {
    const { kind, request, after } = source;
    if (after && (await core.operations.hasUnfinishedRuns(system, { job: after }))) continue;
    const runs = await core.operations.requestRuns(
      system,
      rows.map(({ id, dueAt }) => ({
        ...request(id),
        runKey: `${id} ${dueAt.toISOString()}`,
        target: `${kind} ${id}`,
      })),
    );
    await carrier.carry(runs);
    requested += runs.length;
  }
  return requested;
};

/** Does in bulk, or asks for, all that is due. Answers how much it found. */
export const doWhatIsDue = async (
  core: Core,
  carrier: Carrier,
  endExpired: () => Promise<number> = endExpiredSessions(core),
): Promise<number> => (await endExpired()) + (await requestDueRuns(core, carrier));

/** The next instant at which something falls due by itself, or null. */
export const findNextDueAt = async ({ billing, licensing }: Core): Promise<Date | null> => {
  const instants = await Promise.all([
    billing.findNextDueAt(system),
    licensing.findNextDueAt(system),
  ]);
  const [next] = instants
    .flatMap((instant) => (instant === null ? [] : [instant]))
    .toSorted((one, other) => one.getTime() - other.getTime());
  return next ?? null;
};
