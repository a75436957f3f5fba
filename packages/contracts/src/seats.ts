import { z } from "zod";
import { Fingerprint, FingerprintComponents } from "./fingerprint.ts";
import { LicenseKeyInput, SeatUse } from "./licenses.ts";
import { Instant, Nothing, SessionId, text } from "./primitives.ts";
import { mutation } from "./procedure.ts";

/** Seconds between heartbeats, of a lease, and of the offline grace behind it (design.md 4 and 5). */
export const seatTiming = { heartbeatSeconds: 300, leaseSeconds: 360, graceSeconds: 1800 } as const;

/** Random, new with each call: the signed answer repeats it, so no answer serves for another call. */
export const Nonce = z
  .string()
  .regex(/^[A-Za-z0-9_-]{16,64}$/, { error: "must be 16 to 64 characters of base64url" })
  .meta({ description: "Random characters that the signed lease or refusal will repeat" });

export const AcquireSeat = z.strictObject({
  licenseKey: LicenseKeyInput,
  fingerprint: Fingerprint,
  components: FingerprintComponents.optional(),
  appVersion: text(64).optional(),
  nonce: Nonce.optional(),
});
export type AcquireSeat = z.infer<typeof AcquireSeat>;

/** A lease as it travels: a compact JWS, far below this length. */
export const LeaseInput = z
  .string()
  .min(1)
  .max(16_384)
  .regex(/^[A-Za-z0-9_.-]+$/, { error: "must be the lease as it was received" });

export const RenewLease = z.strictObject({ lease: LeaseInput, nonce: Nonce.optional() });
export type RenewLease = z.infer<typeof RenewLease>;

export const HeldSeat = z
  .strictObject({
    session: z.strictObject({ id: SessionId, startedAt: Instant, expiresAt: Instant }),
    lease: z.string().meta({ description: "The signed lease: a compact JWS" }),
    heartbeatInterval: z.int().meta({ description: "Seconds until the next heartbeat" }),
    seats: SeatUse,
  })
  .meta({ id: "HeldSeat" });
export type HeldSeat = z.infer<typeof HeldSeat>;

export const seatsContract = {
  acquire: mutation({
    summary: "Take a seat; the same machine acquiring again gets its own session back",
    access: { kind: "licenseKey" },
    rest: { method: "POST", path: "/licenses/acquire", tag: "Seats", successStatus: 200 },
    idempotency: "converging",
    hotPath: true,
    input: AcquireSeat,
    output: HeldSeat,
  }),
  heartbeat: mutation({
    summary: "Renew the lease, every 300 s",
    access: { kind: "lease" },
    rest: { method: "POST", path: "/licenses/heartbeat", tag: "Seats", successStatus: 200 },
    idempotency: "converging",
    hotPath: true,
    input: RenewLease,
    output: HeldSeat,
  }),
  release: mutation({
    summary: "Give the seat back, also when it was given back already",
    access: { kind: "lease" },
    rest: { method: "POST", path: "/licenses/release", tag: "Seats", successStatus: 204 },
    idempotency: "converging",
    hotPath: true,
    input: z.strictObject({ lease: LeaseInput }),
    output: Nothing,
  }),
};
