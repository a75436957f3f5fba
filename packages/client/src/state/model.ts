import type {
  LeaseClaims,
  LicenseFileClaims,
  RefusalClaims,
} from "@latchkey/license-crypto/verify";
import type { LatchkeyError, NetworkError, Refusal } from "../latchkey-error.ts";
import type { NewestSeen } from "./lease-order.ts";
import type { Now, ServerClock, StoredClock } from "./server-clock.ts";
import type { LapseWarningMinutes } from "./timing.ts";

/** A lease whose signature, product and machine were checked, with the token as it travels. */
export interface HeldLease {
  readonly token: string;
  readonly claims: LeaseClaims;
}

/** A license file whose signature, product and machine were checked, with its text. */
export interface HeldFile {
  readonly text: string;
  readonly claims: LicenseFileClaims;
}

export interface SeatUse {
  readonly used: number;
  readonly max: number;
}

/** Instants of phases are on the monotonic clock, but `...ServerMs` on the server's. */
export type Phase =
  | { readonly name: "unlicensed" }
  | { readonly name: "released" }
  | { readonly name: "activating"; readonly key: string }
  | { readonly name: "acquiring"; readonly attempt: number }
  | { readonly name: "running" }
  /** `reacquiring` once the heartbeats are given up; `failures` counts them. */
  | {
      readonly name: "reconnecting";
      readonly failures: number;
      readonly retryUntilMs: number;
      readonly reacquiring: boolean;
    }
  /** `lateUntilMs`: the machine slept past the end, and the network has so long to come back. */
  | {
      readonly name: "offline";
      readonly sinceServerMs: number;
      readonly warned: LapseWarningMinutes | null;
      readonly lateUntilMs: number | null;
    }
  | { readonly name: "lapsed"; readonly sinceServerMs: number }
  | { readonly name: "waiting"; readonly polls: number; readonly refusal: Refusal }
  | { readonly name: "blocked"; readonly validationCode: string; readonly refusal: Refusal }
  /** Running by a license file: no seat, no server, until the file ends. */
  | { readonly name: "filed"; readonly warned: LapseWarningMinutes | null }
  /** The app has given up its right; the server is being told, at the latest until `untilMs`. */
  | { readonly name: "releasing"; readonly untilMs: number; readonly patienceUntilMs: number };

export type Call = "activate" | "acquire" | "heartbeat" | "release";

export interface Core {
  readonly phase: Phase;
  /** The license key, once the server has accepted it on this machine. */
  readonly key: string | null;
  readonly licenseId: string | null;
  readonly lease: HeldLease | null;
  readonly file: HeldFile | null;
  readonly seats: SeatUse | null;
  readonly newest: NewestSeen | null;
  readonly clock: ServerClock | null;
  readonly wallAheadMs: number;
  /** Sleep that the wall clock tells of and that no failed call has confirmed yet, in ms. */
  readonly suspectedSleepMs: number;
  readonly last: Now;
  /** When the machine last seemed to wake from sleep. */
  readonly wokeAtMs: number | null;
  readonly persistedAtMs: number;
  /** The one call under way. */
  readonly request: {
    readonly id: number;
    readonly call: Call;
    readonly sentAtMs: number;
  } | null;
  readonly lastRequestId: number;
  readonly nextTryAtMs: number | null;
  /** Somebody asked to try while a call was under way: if that fails, the next one goes at once. */
  readonly hurry: boolean;
  /** The latest thing that went wrong, for people; null once all is well. */
  readonly problem: LatchkeyError | null;
}

/** What was stored, its signatures checked again. */
export interface Restored {
  readonly key: string | null;
  readonly licenseId: string | null;
  readonly lease: HeldLease | null;
  readonly file: HeldFile | null;
  readonly newest: NewestSeen | null;
  readonly clock: StoredClock | null;
}

export type Happening =
  | { readonly type: "restored"; readonly stored: Restored }
  | { readonly type: "activate"; readonly key: string }
  | { readonly type: "acquire" }
  | { readonly type: "release" }
  | { readonly type: "tryNow" }
  | { readonly type: "networkReturned" }
  | { readonly type: "fileImported"; readonly file: HeldFile }
  | { readonly type: "timer" }
  | { readonly type: "activated"; readonly id: number; readonly licenseId: string }
  | {
      readonly type: "granted";
      readonly id: number;
      readonly lease: HeldLease;
      readonly seats: SeatUse;
      readonly heartbeatSeconds: number;
    }
  | { readonly type: "releaseDone"; readonly id: number }
  /** The server refused; `signed` holds the claims when its signature was proved. */
  | {
      readonly type: "refused";
      readonly id: number;
      readonly refusal: Refusal;
      readonly signed: RefusalClaims | null;
    }
  | { readonly type: "failed"; readonly id: number; readonly error: NetworkError };

/** `random` is uniform in [0, 1): all chance comes from outside. */
export type Event = Happening & { readonly at: Now; readonly random: number };

export type Notice =
  | { readonly kind: "lapseWarning"; readonly minutesLeft: LapseWarningMinutes }
  | { readonly kind: "lapsed" };

export type Effect =
  | {
      readonly type: "call";
      readonly id: number;
      readonly call: Call;
      readonly timeoutMs: number;
    }
  /** The answer of call `id` is of no interest any more. */
  | { readonly type: "abandon"; readonly id: number }
  /** Replaces the one timer; null clears it. */
  | { readonly type: "setTimer"; readonly atMonotonicMs: number | null }
  | { readonly type: "persist" }
  | { readonly type: "notify"; readonly notice: Notice };

export interface Step {
  readonly core: Core;
  readonly effects: readonly Effect[];
}
