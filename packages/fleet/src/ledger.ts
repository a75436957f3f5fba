/** What a fleet remembers: every signed word that any machine was given, and when it was asked for. */

/** A recheck is a heartbeat, at the end, with a lease that was given back: the server must refuse it. */
export type SeatCall = "acquire" | "heartbeat" | "release" | "recheck";

/**
 * One call of a machine to the seat path. Instants are of the fleet's one monotonic clock, in real ms;
 * all machines share it, so that what they saw can be put in order.
 */
export interface LedgerCall {
  readonly machine: number;
  readonly call: SeatCall;
  /** Before the first byte left. */
  readonly sentAtMs: number;
  /** When the whole answer was there; null when none came, or the machine had given it up. */
  readonly answeredAtMs: number | null;
  readonly outcome: "lease" | "released" | "refused" | "failed";
  /** The lease or refusal as it was received; null when the answer held none. */
  readonly token: string | null;
  /** The code of a refusal, or the kind of a failure. */
  readonly code: string | null;
  /** How many seats of the license are in use, as the answer tells beside its token; null where it does not. */
  readonly usedSeats: number | null;
  /** The lease that a heartbeat or release showed. */
  readonly presented: string | null;
  /** What the answer must repeat under its signature; null where nothing was sent. */
  readonly nonce: string | null;
}

/** A machine's app lost its right to work for want of an answer. */
export interface Lapse {
  readonly machine: number;
  readonly atMs: number;
  /** By the machine's own wall clock. */
  readonly wallMs: number;
}

/** A time in which a machine could not reach its server, and the fleet knows why. */
export interface Absence {
  readonly machine: number;
  /** `server`: the fleet's caller said that the server was at fault. */
  readonly cause: "quit" | "crash" | "sleep" | "partition" | "server";
  readonly fromMs: number;
  /** Null while it lasts. */
  readonly toMs: number | null;
  readonly fromWallMs: number;
  readonly toWallMs: number | null;
}

/** Once everybody had quit, as many fresh machines came as the license has seats. */
export interface Probe {
  readonly licenseId: string;
  /** When they began to come. */
  readonly fromMs: number;
  readonly granted: number;
  /** Those whose last word from the server was a signed no; the rest could not ask. */
  readonly refused: number;
}

/** A session by what its machine was told; the tokens are not verified here, the judge does that. */
export interface LedgerSession {
  readonly licenseId: string;
  readonly machine: number;
  readonly newestSeq: number;
  readonly releaseAcknowledged: boolean;
}

export interface LedgerLicense {
  readonly licenseId: string | null;
  readonly maxSeats: number;
  /** Whether somebody outside the fleet may hold seats of it, by leases that the fleet never sees. */
  readonly shared: boolean;
}

export interface FleetLedger {
  readonly product: string;
  /** Those that were pinned to begin with. */
  readonly publicKeys: { readonly keys: readonly unknown[] };
  /** Key sets that machines fetched since; what a pinned key does not vouch for in them counts for nothing. */
  readonly fetchedKeys: readonly unknown[];
  /** How many times faster than the real clock those of the machines run. */
  readonly speed: number;
  /** By the machine's index. */
  readonly machines: readonly { readonly fingerprint: string; readonly license: number }[];
  /** By the license's index; the id is null until a machine was activated. */
  readonly licenses: readonly LedgerLicense[];
  /** In the order in which they ended. */
  readonly calls: readonly LedgerCall[];
  readonly lapses: readonly Lapse[];
  readonly absences: readonly Absence[];
  readonly probes: readonly Probe[];
  readonly sessions: ReadonlyMap<string, LedgerSession>;
  /** `told`: the caller names every fault of a server; `seen`: a time without any answer is one. */
  readonly serverFaults: "told" | "seen";
}
