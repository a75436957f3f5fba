import type { ErrorCode } from "@latchkey/contracts";

/**
 * Why no believable answer came. `unreachable`: no connection. `timeout`: no answer in time.
 * `not_trusted`: something answered that is not the vendor's server (a captive portal, a proxy, a
 * replayed lease). `server`: the server is in trouble. `rate_limited`: it asks us to slow down.
 */
export type Trouble = "unreachable" | "timeout" | "not_trusted" | "server" | "rate_limited";

/** Trouble with the network; never a statement about the license. */
export interface NetworkError {
  readonly code: "NETWORK";
  readonly trouble: Trouble;
  readonly detail: string;
  /** As the server asked by `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | null;
}

/** Somebody who holds one of the seats; only members of the organization are told. */
export interface SeatHolder {
  readonly machineName: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly lastHeartbeatAt: string;
}

/** What the server refused. Only with `signed` is it proved that the vendor's server said so. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly signed: boolean;
  readonly requestId: string | null;
  /** A `ValidationCode`, or one that a newer server added; null when the code says it all. */
  readonly validationCode: string | null;
  readonly maxSeats: number | null;
  readonly usedSeats: number | null;
  readonly holders: readonly SeatHolder[];
  readonly retryAfterSeconds: number | null;
}

/** What this client knows without asking. */
export type LocalError =
  | {
      readonly code: "KEY_MALFORMED";
      readonly detail: string;
      /** 1 to 6 where it can be known: the prefix is group 1. */
      readonly group: number | null;
    }
  | { readonly code: "FILE_REFUSED"; readonly detail: string; readonly reason: string }
  | {
      readonly code: "UNLICENSED" | "SEAT_HELD" | "RELEASED" | "LAPSED" | "BUSY" | "STOPPED";
      readonly detail: string;
    };

export type LatchkeyError = NetworkError | Refusal | LocalError;

export type Result<Value> =
  ({ readonly ok: true } & Value) | { readonly ok: false; readonly error: LatchkeyError };

/** A `NetworkError`; `retryAfterSeconds` as the server asked, if it did. */
export const networkError = (
  trouble: Trouble,
  detail: string,
  retryAfterSeconds: number | null = null,
): NetworkError => ({ code: "NETWORK", trouble, detail, retryAfterSeconds });
