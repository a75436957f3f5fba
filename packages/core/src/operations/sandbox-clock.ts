import { DomainError, isDomainError } from "@latchkey/contracts";
import { advisoryLocks } from "@latchkey/db";
import { audit } from "../audit/audit.ts";
import { authorizeStaff, authorizeSystem } from "../call.ts";
import type { Call } from "../call.ts";
import type { CoreDeps } from "../deps.ts";
import { inTransaction } from "../transaction.ts";
import * as store from "./store.ts";

/** Notified when an advance is asked for (by trigger) and when one is finished. */
const channel = "latchkey_clock";
/** Behind the notification, which a broken connection loses. */
const pollMs = 500;
const patienceMs = 60_000;
const maxYears = 10;

const assertSandbox = ({ settings }: Pick<CoreDeps, "settings">): void => {
  if (settings.mode === "sandbox") return;
  throw new DomainError("NOT_FOUND", {}, "Only a sandbox has a clock that can be moved.");
};

/** What time the sandbox believes it is. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND. */
export const readClock =
  (deps: Pick<CoreDeps, "database" | "settings">) =>
  async (call: Call): Promise<{ now: string }> => {
    authorizeStaff(call, "staff:read");
    assertSandbox(deps);
    return inTransaction(deps.database, call, async ({ now }) => ({ now: now.toISOString() }));
  };

/** Settles at the next notification or after `pollMs`, whichever comes first. */
const createBell = async ({ sql }: CoreDeps["database"]) => {
  let ring: () => void = () => undefined;
  // Without the notification polling still answers, so a failure to listen is no failure.
  const listening = await sql.listen(channel, () => ring()).catch(() => null);
  return {
    next: () =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
    close: async () => {
      await listening?.unlisten().catch(() => undefined);
    },
  };
};

/**
 * Asks the worker to move the sandbox's clock and waits, 60 s at most, until it has done everything
 * that fell due on the way. An instant that is past already moves nothing and still waits for what is
 * due. Throws UNAUTHENTICATED, FORBIDDEN, NOT_FOUND, BAD_REQUEST for more than ten years ahead,
 * UNAVAILABLE when it is not done in time, which the worker goes on to do.
 */
export const advanceClock =
  (deps: Pick<CoreDeps, "database" | "settings">) =>
  async (call: Call, { advanceTo }: { advanceTo: string }): Promise<{ now: string }> => {
    authorizeStaff(call, "staff:admin");
    assertSandbox(deps);
    const target = new Date(advanceTo);
    const id = await inTransaction(deps.database, call, async (tx) => {
      const latest = new Date(tx.now);
      latest.setUTCFullYear(latest.getUTCFullYear() + maxYears);
      if (target > latest) {
        const message = `must be at most ${maxYears} years after ${tx.now.toISOString()}`;
        throw new DomainError("BAD_REQUEST", { issues: [{ path: ["advanceTo"], message }] });
      }
      const made = await store.insertClockAdvance(tx, target);
      await audit(tx, call, {
        action: "sandbox.advance_clock",
        target: { kind: "clock_advance", id: made },
        organizationId: null,
        before: { now: tx.now.toISOString() },
        after: { advanceTo },
      });
      return made;
    });
    const deadlineMs = performance.now() + patienceMs;
    const bell = await createBell(deps.database);
    try {
      for (;;) {
        const { status, error, now } = await inTransaction(deps.database, call, async (tx) => ({
          ...(await store.getClockAdvance(tx, id)),
          now: tx.now,
        }));
        if (status === "done") return { now: now.toISOString() };
        if (status === "failed") throw new Error(`The clock was not moved: ${error}`);
        if (performance.now() > deadlineMs) {
          throw new DomainError(
            "UNAVAILABLE",
            { retryAfterSeconds: 5 },
            "The worker has not finished moving the clock within 60 s. See that it runs; it goes on by itself.",
          );
        }
        await bell.next();
      }
    } finally {
      await bell.close();
    }
  };

export interface ClaimedClockAdvance {
  readonly id: string;
  readonly advanceTo: Date;
}

/** How carrying out an advance ended; one that was interrupted is left for the next to claim it. */
export type ClockAdvanceOutcome = "done" | "interrupted";

/**
 * Gives `work` the oldest advance that waits, if there is one and no other worker is at it, and records
 * how it ended; answers whether there was one. The claim is an advisory lock of a transaction of its own,
 * so that a worker which dies lets go of it; when that connection breaks, the claim is rejected as soon as
 * `work` has ended. An error of `work` fails the advance, but for UNAVAILABLE, which is thrown on and leaves
 * the advance waiting. Throws FORBIDDEN.
 */
export const claimClockAdvance =
  ({ database }: Pick<CoreDeps, "database">) =>
  async (
    call: Call,
    work: (advance: ClaimedClockAdvance) => Promise<ClockAdvanceOutcome>,
  ): Promise<boolean> => {
    authorizeSystem(call);
    const find = () => inTransaction(database, call, store.findWaitingClockAdvance);
    const finish = (id: string, error: string | null) =>
      inTransaction(database, call, (tx) => store.finishClockAdvance(tx, id, error));
    if (!(await find())) return false;
    const carryOut = async (): Promise<boolean> => {
      const advance = await find();
      if (!advance) return false;
      try {
        const outcome = await work(advance);
        if (outcome === "done") await finish(advance.id, null);
      } catch (error) {
        if (isDomainError(error, "UNAVAILABLE")) throw error;
        await finish(advance.id, error instanceof Error ? error.message : String(error));
      }
      return true;
    };
    let carriedOut: Promise<unknown> = Promise.resolve();
    let broken = false;
    try {
      return await database.sql.begin(async (sql) => {
        // The transaction is idle for as long as the work takes, and holds nothing but the claim.
        await sql`set local idle_in_transaction_session_timeout = 0`;
        const [lock] = await sql<{ held: boolean }[]>`
          select pg_try_advisory_xact_lock(${advisoryLocks.sandboxClock}) as held`;
        if (!lock?.held) return false;
        const working = carryOut();
        carriedOut = working.catch(() => undefined);
        await carriedOut;
        // Over a connection that broke nothing can be ended: the driver would throw where nobody catches it.
        if (broken) await new Promise(() => undefined);
        return working;
      });
    } catch (error) {
      broken = true;
      throw error;
    } finally {
      await carriedOut;
    }
  };

/** Moves the sandbox's clock to an instant; it never moves back. Throws FORBIDDEN, NOT_FOUND. */
export const moveClock =
  (deps: Pick<CoreDeps, "database" | "settings">) =>
  async (call: Call, { to }: { to: Date }): Promise<void> => {
    authorizeSystem(call);
    assertSandbox(deps);
    await inTransaction(deps.database, call, (tx) => store.moveClock(tx, to));
  };
