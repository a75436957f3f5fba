import { DomainError, seatTiming } from "@latchkey/contracts";
import type { HeldSeat, RenewLease } from "@latchkey/contracts";
import type { LeaseClaims } from "@latchkey/license-crypto";
import type { MovedSeat } from "@latchkey/redis";
import { asSystem } from "../call.ts";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { toHeldSeat } from "./held-seat.ts";
import { readLease } from "./read-lease.ts";
import { createSeatRebuild } from "./rebuild-seats.ts";
import type { Refused } from "./refusals.ts";
import { findSeatHolders } from "./seat-holders.ts";
import type { SeatJudgement } from "./seat-requests.ts";
import * as sessionStore from "./session-store.ts";

const ttlMs = seatTiming.leaseSeconds * 1000;

/**
 * Renews a lease; PostgreSQL knows before the answer leaves, by one UPDATE for all that arrive together.
 * A session whose lease ran out comes back while a seat is free. Throws LEASE_INVALID, RATE_LIMITED, and
 * signed: LEASE_EXPIRED with why the session ended, LICENSE_NOT_USABLE, SEATS_EXHAUSTED.
 */
export const heartbeat = (deps: VerbDeps) => {
  const { database, judgeSeat, log, observe, rateLimits, refusals } = deps;
  const { renewSession, seatCache, usedSeats } = deps;
  const read = readLease(deps);
  const heldSeat = toHeldSeat(deps);
  const rebuild = createSeatRebuild(deps);
  const holdersOf = findSeatHolders(deps);

  let rebuilding = false;

  const refuse = async (
    call: Call,
    claims: LeaseClaims,
    judged: Exclude<SeatJudgement, { kind: "granted" | "unknown" }>,
    nonce: string | undefined,
  ): Promise<DomainError> => {
    const refused: Refused = {
      licenseId: claims.sub,
      productId: claims.aud,
      fingerprintHash: claims.fph,
      sessionId: claims.sid,
      at: judged.at,
      nonce,
    };
    if (judged.kind === "not_usable") return refusals.notUsable(refused, judged.code);
    if (judged.kind === "ended") return refusals.ended(refused, judged.endReason);
    const { license, usedSeats } = judged;
    const { maxSeats } = license;
    const holders = await holdersOf(call, license);
    return refusals.exhausted(refused, { maxSeats, usedSeats, ...(holders && { holders }) });
  };

  /**
   * Moves the score before PostgreSQL has renewed the session: it says how many seats are used in time for the
   * answer, and where PostgreSQL then does not renew, Redis has one more ghost, which refuses nobody for long.
   */
  const move = async ({ sub: licenseId, mch: machineId }: LeaseClaims): Promise<MovedSeat> => {
    const moved = await seatCache.move({ licenseId, machineId, ttlMs });
    if (moved.kind === "moved") usedSeats.tell(licenseId, moved.usedSeats, "redis");
    else if (moved.kind !== "away") usedSeats.forget(licenseId);
    return moved;
  };

  /** Tells Redis what it did not know of a renewed session; of all licenses, as after a flush, one by one. */
  const teach = async ({ kind }: MovedSeat, licenseId: string, machineId: string) => {
    if (kind === "missing") await seatCache.renew({ licenseId, machineId, ttlMs });
    if (kind !== "unknown" || rebuilding) return;
    rebuilding = true;
    await rebuild(licenseId).finally(() => (rebuilding = false));
  };

  return async (call: Call, { lease, nonce }: RenewLease): Promise<HeldSeat> => {
    const claims = await read(lease);
    await rateLimits.heartbeat({ sessionId: claims.sid });
    const moving = move(claims);
    let renewed = await renewSession(claims.sid);
    if (!renewed) {
      const judged = await judgeSeat({
        kind: "renew",
        licenseId: claims.sub,
        sessionId: claims.sid,
      });
      if (judged.kind === "unknown") {
        throw new DomainError("LEASE_INVALID", { remedy: "Acquire a seat with the license key." });
      }
      if (judged.kind !== "granted") throw await refuse(call, claims, judged, nonce);
      renewed = judged;
    }
    const { session, usedSeats } = renewed;
    const { licenseId, machineId } = session;
    const leaseAgeSeconds = session.renewedAt.getTime() / 1000 - claims.iat;
    observe?.({ kind: "heartbeat", leaseAgeSeconds });
    void moving
      .then((moved) => teach(moved, licenseId, machineId))
      .catch((error: unknown) =>
        log.warn({ err: error, licenseId }, "Redis was not told of a seat"),
      );
    if (session.seq > claims.seq) return heldSeat(session, usedSeats, nonce);
    // PostgreSQL was restored to an earlier hour. The client takes no lease that is not newer than its
    // own, and would wait for as many heartbeats as were lost.
    const seq = await inTransaction(database, asSystem(call, "heartbeat"), (tx) =>
      sessionStore.passSeq(tx, claims.sid, claims.seq),
    );
    return heldSeat({ ...session, seq }, usedSeats, nonce);
  };
};
