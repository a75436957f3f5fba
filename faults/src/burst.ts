/** As many calls of the seat path at once as it takes, each remembered once it was acknowledged. */
import type { LedgerSession } from "@latchkey/fleet";
import { peekPayload } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { House } from "./house/house.ts";
import { aMachine, seatCalls } from "./seat-calls.ts";

export interface Burst {
  /** Heartbeats and releases from all machines until each has released, or the API is gone. */
  run(): Promise<void>;
  /** Settles once so many heartbeats and releases were acknowledged; rejects when `running` ends before. */
  acknowledged(count: number, running: Promise<void>): Promise<void>;
  readonly sessions: ReadonlyMap<string, LedgerSession>;
}

const Claims = z.object({ seq: z.number() });
/** Below the 20 heartbeats a minute that a session may send. */
const heartbeatsAtMost = 15;
const preparingTries = 5;

const seqOf = (lease: string): number => Claims.parse(peekPayload(lease)).seq;

/** Machines with a seat each, on a license of their own, ready to call. */
export const prepareBurst = async (house: House, machines: number): Promise<Burst> => {
  const license = await house.issue({ maxSeats: machines });
  const { licenseId } = license;
  const api = seatCalls(house.api.url);
  const sessions = new Map<string, LedgerSession>();
  let count = 0;
  let awaited: { readonly count: number; readonly reached: () => void } | null = null;

  const note = (sessionId: string, machine: number, newestSeq: number, released: boolean): void => {
    sessions.set(sessionId, { licenseId, machine, newestSeq, releaseAcknowledged: released });
    count += 1;
    if (awaited !== null && count >= awaited.count) awaited.reached();
  };

  /** One after the other: the license is locked for each, and a busy machine would be told to come again. */
  const hold = async (machine: number) => {
    const at = aMachine(license);
    for (let attempt = 0; attempt < preparingTries; attempt += 1) {
      const answer = (await api.activate(at)).ok ? await api.acquire(at) : null;
      if (answer?.ok && answer.seat !== null) {
        return { machine, sessionId: answer.seat.session.id, lease: answer.seat.lease };
      }
    }
    throw new Error("A machine of the burst got no seat.");
  };
  const held: Awaited<ReturnType<typeof hold>>[] = [];
  for (let index = 0; index < machines; index += 1) held.push(await hold(index));

  const call = async ({ machine, sessionId, lease: first }: (typeof held)[number]) => {
    let lease = first;
    for (let beat = 0; beat <= machine % heartbeatsAtMost; beat += 1) {
      const answer = await api.heartbeat(lease);
      if (!answer.ok || answer.seat === null) return;
      lease = answer.seat.lease;
      note(sessionId, machine, seqOf(lease), false);
    }
    if ((await api.release(lease)).ok) note(sessionId, machine, seqOf(lease), true);
  };

  return {
    run: async () => void (await Promise.allSettled(held.map(call))),
    acknowledged: (wanted, running) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      awaited = { count: wanted, reached: resolve };
      if (count >= wanted) resolve();
      const tooFew = () => reject(new Error(`${count} calls were acknowledged, not ${wanted}.`));
      void running.then(tooFew, reject);
      return promise;
    },
    sessions,
  };
};
