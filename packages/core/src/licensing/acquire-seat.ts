import { seatTiming } from "@latchkey/contracts";
import type { AcquireSeat, HeldSeat } from "@latchkey/contracts";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { Call } from "../call.ts";
import type { VerbDeps } from "./deps.ts";
import { noSuchKey } from "./find-by-key.ts";
import type { FullLicense } from "./full-licenses.ts";
import { toHeldSeat } from "./held-seat.ts";
import { judgeStranger } from "./judge-stranger.ts";
import type { KeyHolder } from "./license-store.ts";
import type { Refused } from "./refusals.ts";
import { findSeatHolders } from "./seat-holders.ts";
import type { AcquireRequest } from "./seat-requests.ts";

const ttlMs = seatTiming.leaseSeconds * 1000;

/**
 * Takes a seat for an activated machine. PostgreSQL alone grants, for all who come together at once; where it
 * said within the last second that the license is full, Redis is asked whether a seat was freed since, and
 * refuses the storm. The same machine gets its own session back. Throws LICENSE_NOT_USABLE,
 * SEATS_EXHAUSTED, RATE_LIMITED; what is said of a license is signed.
 */
export const acquireSeat = (deps: VerbDeps) => {
  const { fullLicenses, judgeSeat, keyHolders, observe, rateLimits, refusals, seatCache } = deps;
  const holdersOf = findSeatHolders(deps);
  const heldSeat = toHeldSeat(deps);
  const asStranger = judgeStranger(deps);

  /** What Redis was taught last of a license, so that those who are refused together teach it once. */
  const taught = new WeakMap<FullLicense["seats"], Promise<void>>();
  const teach = (licenseId: string, seats: FullLicense["seats"]): Promise<void> => {
    const under = taught.get(seats) ?? seatCache.rebuild(licenseId, seats);
    taught.set(seats, under);
    return under;
  };

  /** Whether PostgreSQL said a moment ago that all seats are held, and Redis knows of none that was freed since. */
  const askMemory = async (holder: KeyHolder, fingerprint: string) => {
    const licenseId = holder.id;
    if (!fullLicenses.isFull(licenseId)) return { full: null, reserved: false };
    const machine = { licenseId, fingerprint };
    const machineId =
      fullLicenses.findMachineId(machine) ?? (await keyHolders.findMachineId(machine));
    const wanted = { licenseId, keyHash: holder.keyHash, machineId };
    const known = fullLicenses.find(wanted);
    if (!known || machineId === null) return { full: null, reserved: false };
    const { maxSeats } = known.license;
    const { kind } = await seatCache.acquire({ licenseId, machineId, maxSeats, ttlMs });
    if (kind === "unknown") await teach(licenseId, known.seats);
    // Asked again: it may have become old, or a seat free, while Redis was waited for.
    const reserved = kind === "reserved";
    return { full: reserved ? null : fullLicenses.find(wanted), reserved };
  };

  return async (call: Call, { licenseKey, ...input }: AcquireSeat): Promise<HeldSeat> => {
    const holder = await keyHolders.find(licenseKey);
    const { id: licenseId, keyHash, organizationId, productId } = holder;
    const machine = { licenseId, fingerprint: input.fingerprint };
    await rateLimits.acquire(machine);
    const refused = (at: Date): Refused => ({
      licenseId,
      productId,
      fingerprintHash: fingerprintHash(input.fingerprint, productId),
      at,
      nonce: input.nonce,
    });
    const exhausted = async ({ license, usedSeats, at }: FullLicense) => {
      const { maxSeats } = license;
      const holders = await holdersOf(call, { id: licenseId, organizationId });
      return refusals.exhausted(refused(at), { maxSeats, usedSeats, ...(holders && { holders }) });
    };

    const { full, reserved } = await askMemory(holder, input.fingerprint);
    if (full) {
      observe?.({ kind: "storm_memory_hit" });
      throw await exhausted(full);
    }

    // A seat was freed since, or this machine got one on another node: what is remembered is no longer so.
    if (reserved) fullLicenses.forget(licenseId);
    const machineId = keyHolders.recallMachineId(machine);
    const request: AcquireRequest = {
      kind: "acquire",
      licenseId,
      keyHash,
      input,
      call,
      machineId,
    };
    let judged = await judgeSeat(request);
    if (judged.kind === "not_usable" && judged.code === "NO_MACHINE") {
      judged = await asStranger(request, holder, judged);
    }
    if (judged.kind === "granted") {
      const { session, usedSeats } = judged;
      keyHolders.rememberMachineId(machine, session.machineId);
      void seatCache.renew({ licenseId, machineId: session.machineId, ttlMs });
      return heldSeat(session, usedSeats, input.nonce);
    }
    if (judged.kind === "exhausted") {
      keyHolders.rememberMachineId(machine, judged.machineId);
      // Redis was wrong to reserve: being told who holds the seats withdraws it, and what misled it.
      if (reserved) await teach(licenseId, judged.seats);
      throw await exhausted(judged);
    }
    if (reserved && machineId !== null) void seatCache.release(licenseId, [machineId]);
    // What was known of the key or the machine is so no longer.
    if (judged.kind === "unknown" || machineId !== null) keyHolders.forget(licenseId);
    if (judged.kind === "not_usable") {
      throw await refusals.notUsable(refused(judged.at), judged.code);
    }
    throw noSuchKey();
  };
};
