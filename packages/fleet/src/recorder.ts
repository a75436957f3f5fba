import type {
  Absence,
  FleetLedger,
  Lapse,
  LedgerCall,
  LedgerLicense,
  LedgerSession,
  Probe,
} from "./ledger.ts";
import { claimedSession, readKeys } from "./seat-wire.ts";

/** The newest answered calls by which latencies are told. */
const LATENCIES_KEPT = 4096;

/** A lease whose release was acknowledged, and the machine that gave it back. */
export interface ReleasedLease {
  readonly machine: number;
  readonly lease: string;
}

/** Percentile `share` (0 to 1) of values in any order; 0 for none. */
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor(share * (values.length - 1))] ?? 0;

/** Keeps the ledger of a fleet, and counts along. */
export const createRecorder = (
  known: Pick<FleetLedger, "product" | "publicKeys" | "speed" | "serverFaults">,
  licenses: readonly Pick<LedgerLicense, "maxSeats" | "shared">[],
) => {
  const machines: { readonly fingerprint: string; readonly license: number }[] = [];
  const licenseIds = new Map<number, string>();
  const calls: LedgerCall[] = [];
  const lapses: Lapse[] = [];
  const absences: Absence[] = [];
  const probes: Probe[] = [];
  const sessions = new Map<string, LedgerSession>();
  /** By machine. */
  const newestLease = new Map<number, string>();
  const released = new Map<string, ReleasedLease>();
  const keySets = new Set<string>();
  const failures = new Map<string, number>();
  const latencies: number[] = [];
  const totals = { heartbeats: 0, granted: 0, refused: 0, released: 0, answered: 0 };

  const failed = (kind: string): void => void failures.set(kind, (failures.get(kind) ?? 0) + 1);

  const noteLease = (entry: LedgerCall, token: string): void => {
    const claimed = claimedSession(token);
    if (claimed === null) return;
    const { licenseId, sessionId, seq } = claimed;
    const before = sessions.get(sessionId);
    sessions.set(sessionId, {
      licenseId,
      machine: entry.machine,
      newestSeq: Math.max(seq, before?.newestSeq ?? 0),
      releaseAcknowledged: before?.releaseAcknowledged ?? false,
    });
  };

  const noteRelease = (lease: string, machine: number): void => {
    const sessionId = claimedSession(lease)?.sessionId;
    const session = sessionId === undefined ? undefined : sessions.get(sessionId);
    if (sessionId === undefined || session === undefined) return;
    sessions.set(sessionId, { ...session, releaseAcknowledged: true });
    released.set(sessionId, { machine, lease });
  };

  const count = (entry: LedgerCall): void => {
    const { call, outcome, code } = entry;
    if (call === "recheck") return;
    if (outcome === "failed") return failed(code ?? "failed");
    if (outcome === "lease") totals[call === "acquire" ? "granted" : "heartbeats"] += 1;
    else if (outcome === "released") totals.released += 1;
    else if (call === "acquire" && code === "SEATS_EXHAUSTED") totals.refused += 1;
    else failed(code ?? "refused");
  };

  return {
    addMachine: (fingerprint: string, license: number): number =>
      machines.push({ fingerprint, license }) - 1,
    fingerprintOf: (machine: number): string => machines[machine]?.fingerprint ?? "",
    licenseSeen: (license: number, licenseId: string): void =>
      void licenseIds.set(license, licenseId),
    licenseIdOf: (license: number): string | null => licenseIds.get(license) ?? null,
    call: (entry: LedgerCall): void => {
      // What a machine shows is what it was given last: to keep it twice would double the ledger.
      const given = newestLease.get(entry.machine);
      calls.push(given === entry.presented ? { ...entry, presented: given } : entry);
      if (entry.token !== null) newestLease.set(entry.machine, entry.token);
      if (entry.outcome === "lease" && entry.token !== null) noteLease(entry, entry.token);
      const { outcome, presented, machine } = entry;
      if (outcome === "released" && presented !== null) noteRelease(presented, machine);
      if (entry.answeredAtMs !== null) {
        latencies[totals.answered % LATENCIES_KEPT] = entry.answeredAtMs - entry.sentAtMs;
        totals.answered += 1;
      }
      count(entry);
    },
    /** A call that is not of the seat path, or that never left its machine. */
    failed,
    /** A key set as a machine fetched it, to check a key that it had not known. */
    keysFetched: (text: string): void => void keySets.add(text),
    /** Of every session that was given back its last lease, the newest last. */
    releasedLeases: (): readonly ReleasedLease[] => [...released.values()],
    lapse: (lapse: Lapse): void => void lapses.push(lapse),
    absent: (absence: Absence): void => void absences.push(absence),
    probe: (probe: Probe): void => void probes.push(probe),
    totals,
    failures: (): Record<string, number> => Object.fromEntries(failures),
    lapses: (): number => lapses.length,
    latencyMs: () => ({ p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) }),
    /** Everything so far; `ongoing` are the absences that still last. */
    ledger: (ongoing: readonly Absence[]): FleetLedger => ({
      ...known,
      machines,
      fetchedKeys: [...keySets].map(readKeys),
      licenses: licenses.map(({ maxSeats, shared }, index) => ({
        licenseId: licenseIds.get(index) ?? null,
        maxSeats,
        shared,
      })),
      calls,
      lapses,
      absences: [...absences, ...ongoing],
      probes,
      sessions,
    }),
  };
};
export type Recorder = ReturnType<typeof createRecorder>;
