/**
 * Nobody is locked out by us: an app may lapse only at the end of one fault that was as long as its grace.
 *
 * Since the last lease of its machine, the times in which that could not reach its server are put together;
 * two count as one fault where the time between is shorter than a lease, since a client asks no oftener
 * than that. Lengths are by the machine's own wall clock, which the grace is counted by. In the last 30 s
 * the client asks every 5 s, so a fault that is over by then excuses nothing.
 */
import { seatTiming } from "@latchkey/contracts";
import { timing } from "@latchkey/client";
import type { Evidence } from "./evidence.ts";
import type { FleetLedger, Lapse } from "./ledger.ts";
import type { LeaseEvidence, Violation } from "./verdict.ts";

interface Fault {
  readonly fromWallMs: number;
  readonly toWallMs: number;
}

const MERGED_WITHIN_MS = seatTiming.leaseSeconds * 1000;

/** The longest fault, when those that nearly touch are one. */
const longestMs = (faults: readonly Fault[]): number => {
  let longest = 0;
  let [fromMs, toMs] = [-Infinity, -Infinity];
  for (const fault of faults.toSorted((one, other) => one.fromWallMs - other.fromWallMs)) {
    if (fault.fromWallMs - toMs > MERGED_WITHIN_MS) fromMs = fault.fromWallMs;
    toMs = Math.max(toMs, fault.toWallMs);
    longest = Math.max(longest, toMs - fromMs);
  }
  return longest;
};

/** When a server gave nobody any answer, in real ms: the gaps between its answers, with a failure in them. */
const silencesOf = (ledger: FleetLedger): readonly { fromMs: number; toMs: number }[] => {
  const silences: { fromMs: number; toMs: number }[] = [];
  let lastAnswerMs: number | null = null;
  let failed = false;
  const answers = ledger.calls
    .map(({ answeredAtMs, sentAtMs, token, outcome }) => ({
      atMs: answeredAtMs ?? sentAtMs,
      speaks: token !== null || outcome === "released",
    }))
    .toSorted((one, other) => one.atMs - other.atMs);
  for (const { atMs, speaks } of answers) {
    if (!speaks) failed = true;
    else {
      if (failed) silences.push({ fromMs: lastAnswerMs ?? atMs, toMs: atMs });
      lastAnswerMs = atMs;
      failed = false;
    }
  }
  if (failed && lastAnswerMs !== null) silences.push({ fromMs: lastAnswerMs, toMs: Infinity });
  return silences;
};

const lastLeaseBefore = (evidence: Evidence, { machine, atMs }: Lapse): LeaseEvidence | null =>
  (evidence.ofMachine.get(machine) ?? []).findLast(
    ({ lease }) => lease !== null && lease.answeredAtMs <= atMs,
  )?.lease ?? null;

/** Judges each lapse by the faults behind it; `rightful` counts those that a fault excuses. */
export const judgeLapses = (ledger: FleetLedger, evidence: Evidence) => {
  const violations: Violation[] = [];
  let rightful = 0;
  const silences =
    ledger.serverFaults === "seen" && ledger.lapses.length > 0 ? silencesOf(ledger) : [];
  for (const lapse of ledger.lapses) {
    const lease = lastLeaseBefore(evidence, lapse);
    if (lease === null) continue;
    const since = lease.answeredAtMs;
    const own = ledger.absences
      .filter(
        ({ machine, fromMs, toMs }) =>
          machine === lapse.machine && fromMs <= lapse.atMs && (toMs ?? Infinity) > since,
      )
      .map(({ fromWallMs, toWallMs }) => ({
        fromWallMs,
        toWallMs: Math.min(toWallMs ?? Infinity, lapse.wallMs),
      }));
    // How fast the machine's clock ran at each moment is not known any more: at most `speed`.
    const wallAt = (atMs: number): number => lapse.wallMs - (lapse.atMs - atMs) * ledger.speed;
    const seen = silences
      .filter(({ fromMs, toMs }) => fromMs <= lapse.atMs && toMs > since)
      .map(({ fromMs, toMs }) => ({
        fromWallMs: wallAt(fromMs),
        toWallMs: Math.min(wallAt(toMs), lapse.wallMs),
      }));
    const { graceUntil, exp } = lease.claims;
    const longMs = longestMs([...own, ...seen]);
    if (longMs >= (graceUntil - exp) * 1000 - timing.lastTriesBeforeMs) {
      rightful += 1;
      continue;
    }
    violations.push({
      kind: "lapsed",
      detail: `An app had to stop though its longest fault took ${Math.round(longMs / 1000)} s of its grace of ${graceUntil - exp} s.`,
      atMs: lapse.atMs,
      machine: lapse.machine,
      licenseId: lease.claims.sub,
      leases: [lease],
    });
  }
  return { violations, rightful };
};
