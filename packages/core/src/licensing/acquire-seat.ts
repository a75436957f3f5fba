import { seatTiming } from "@latchkey/contracts";
import type { AcquireSeat, HeldSeat } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { Reservation } from "@latchkey/redis";
import type { Call } from "../call.ts";
import { inTransaction } from "../transaction.ts";
import type { VerbDeps } from "./deps.ts";
import { asMachine, noSuchKey } from "./find-by-key.ts";
import { grantSeat } from "./grant-seat.ts";
import { toHeldSeat } from "./held-seat.ts";
import type { LicenseRow } from "./license-store.ts";
import { createSeatRebuild } from "./rebuild-seats.ts";
import type { Refused } from "./refusals.ts";
import { findSeatHolders } from "./seat-holders.ts";
import { barOf } from "./validation-rules.ts";

const ttlMs = seatTiming.leaseSeconds * 1000;

/**
 * Takes a seat for an activated machine. Redis answers the storm of those who come when all is full;
 * PostgreSQL alone grants, and judges a refusal of Redis once per license and second. The same machine
 * gets its own session back. Throws LICENSE_NOT_USABLE, SEATS_EXHAUSTED, RATE_LIMITED; what is said of a
 * license is signed.
 */
export const acquireSeat = (deps: VerbDeps) => {
  const { database, keyHolders, rateLimits, refusals, seatCache } = deps;
  const rebuild = createSeatRebuild(deps);
  const holdersOf = findSeatHolders(deps);
  const heldSeat = toHeldSeat(deps);

  const reserve = async (license: LicenseRow, machineId: string): Promise<Reservation> => {
    const asked = { licenseId: license.id, machineId, maxSeats: license.maxSeats, ttlMs };
    const reservation = await seatCache.acquire(asked);
    if (reservation.kind !== "unknown") return reservation;
    await rebuild(license.id);
    return seatCache.acquire(asked);
  };

  return async (call: Call, { licenseKey, ...input }: AcquireSeat): Promise<HeldSeat> => {
    const holder = await keyHolders.find(call, licenseKey);
    const { license } = holder;
    const { id: licenseId, productId } = license;
    await rateLimits.acquire({ licenseId, fingerprint: input.fingerprint });
    const refused = (): Refused => ({
      licenseId,
      productId,
      fingerprintHash: fingerprintHash(input.fingerprint, productId),
      at: holder.now(),
      nonce: input.nonce,
    });
    const bar = barOf(license, holder.now());
    if (bar) throw await refusals.notUsable(refused(), bar);

    const exhausted = async (maxSeats: number, usedSeats: number) => {
      const holders = await holdersOf(call, license);
      return refusals.exhausted(refused(), { maxSeats, usedSeats, ...(holders && { holders }) });
    };
    const machineId = await keyHolders.findMachineId({
      licenseId,
      fingerprint: input.fingerprint,
    });
    const reservation: Reservation =
      machineId === null ? { kind: "unknown" } : await reserve(license, machineId);
    if (reservation.kind === "full" && !reservation.mayConfirm) {
      throw await exhausted(license.maxSeats, reservation.usedSeats);
    }

    const asHolder = asMachine(call, license, machineId);
    const grant = await inTransaction(database, asHolder, (tx) =>
      grantSeat(tx, asHolder, license, input),
    );
    if (grant.kind === "granted") {
      const { session, usedSeats } = grant;
      // Redis was wrong to refuse: it learns the truth before the next one asks.
      if (reservation.kind === "full") await rebuild(licenseId);
      else if (reservation.kind !== "reserved" || machineId !== session.machineId) {
        void seatCache.renew({ licenseId, machineId: session.machineId, ttlMs });
      }
      return heldSeat(session, usedSeats, input.nonce);
    }
    if (grant.kind === "exhausted") {
      // Redis may hold a ghost where a holder should be, who would be refused their own seat next.
      await seatCache.rebuild(licenseId, grant.seats);
      throw await exhausted(grant.maxSeats, grant.usedSeats);
    }
    // Redis was wrong to reserve: counting anew withdraws it, and whatever misled Redis with it.
    if (reservation.kind === "reserved") await rebuild(licenseId);
    keyHolders.forget(licenseId);
    if (grant.code === "NOT_FOUND") throw noSuchKey();
    throw await refusals.notUsable(refused(), grant.code);
  };
};
