import type { LeaseClaims } from "@latchkey/license-crypto/verify";

export type ViolationKind =
  | "too_many_seats"
  | "lost_release"
  | "lost_acquire"
  | "lapsed"
  | "unsigned_or_forged"
  | "seq_went_back";

/** A lease that bears witness, with when it was asked for and received (ms of the fleet's clock). */
export interface LeaseEvidence {
  readonly claims: LeaseClaims;
  readonly machine: number;
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
}

export interface Violation {
  readonly kind: ViolationKind;
  /** One sentence for a person. */
  readonly detail: string;
  /** When it shows, in ms of the fleet's clock. */
  readonly atMs: number;
  readonly machine: number | null;
  readonly licenseId: string | null;
  readonly leases: readonly LeaseEvidence[];
}

export interface VerdictFigures {
  readonly machines: number;
  readonly licenses: number;
  readonly sessions: number;
  /** Tokens whose signature was checked. */
  readonly leasesVerified: number;
  readonly refusalsVerified: number;
  readonly releasesAcknowledged: number;
  /** Calls to which no answer came. */
  readonly unanswered: number;
  /** The most seats of one license that were provably held at one instant, and how many it has. */
  readonly fullest: {
    readonly licenseId: string;
    readonly held: number;
    readonly maxSeats: number;
  } | null;
  /** Apps that had to stop since they were cut off for as long as their grace. */
  readonly rightfulLapses: number;
  /** Released sessions of which the server, asked at the end, said under its signature that they have ended. */
  readonly releasesRechecked: number;
  /** Licenses whose seats were all taken by fresh machines at the end. */
  readonly probed: number;
  /** Licenses of which not every fresh machine was answered, or none was sent. */
  readonly unprobed: number;
  /** Seats that stayed taken at the end, and that machines of the fleet may hold that got no sure answer. */
  readonly perhapsHeld: number;
  /** Seats that stayed taken at the end, of licenses that others may use; of these, known to be held by others. */
  readonly stayedTaken: number;
  readonly knownOfOthers: number;
}

export interface Verdict {
  readonly ok: boolean;
  readonly violations: readonly Violation[];
  /** What could not be proved or seen, each a sentence for people. */
  readonly unproved: readonly string[];
  readonly figures: VerdictFigures;
  /** One line for people. */
  readonly line: string;
}
