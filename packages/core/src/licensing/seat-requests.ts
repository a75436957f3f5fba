import type { AcquireSeat, SessionEndReason } from "@latchkey/contracts";
import type { CountedSeat } from "@latchkey/redis";
import type { Call } from "../call.ts";
import type { LeasedSession } from "./lease-rules.ts";
import type { LicenseRow } from "./license-store.ts";
import type { LicenseBar } from "./validation-rules.ts";

/** A machine wants a seat. */
export interface AcquireRequest {
  readonly kind: "acquire";
  readonly licenseId: string;
  /** Of the key that the license was found by, which may have been rotated meanwhile. */
  readonly keyHash: Buffer;
  readonly input: Omit<AcquireSeat, "licenseKey">;
  readonly call: Call;
  /** Null where it is not known, or not yet. */
  readonly machineId: string | null;
}

/** A heartbeat found that its session did not simply move. */
export interface RenewRequest {
  readonly kind: "renew";
  readonly licenseId: string;
  readonly sessionId: string;
}

export type SeatRequest = AcquireRequest | RenewRequest;

/** PostgreSQL's word on a request; `at` is its time. */
export type SeatJudgement =
  | { readonly kind: "granted"; readonly session: LeasedSession; readonly usedSeats: number }
  | {
      readonly kind: "not_usable";
      readonly code: LicenseBar | "FINGERPRINT_BANNED" | "NO_MACHINE";
      readonly at: Date;
    }
  | { readonly kind: "ended"; readonly endReason: SessionEndReason; readonly at: Date }
  | {
      readonly kind: "exhausted";
      readonly license: Pick<LicenseRow, "id" | "organizationId" | "keyHash" | "maxSeats">;
      readonly machineId: string;
      readonly usedSeats: number;
      /** Who holds them, by one list for all that were judged together. */
      readonly seats: readonly CountedSeat[];
      /** Its active machines by fingerprint, the newest thousand. */
      readonly machineIds: ReadonlyMap<string, string>;
      readonly at: Date;
    }
  /** No such license or session, or another key: as after a database was restored to an earlier hour. */
  | { readonly kind: "unknown" };

export type SeatJudgements = Map<SeatRequest, SeatJudgement>;
