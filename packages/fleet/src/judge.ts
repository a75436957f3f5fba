import { counted } from "./counted.ts";
import { readEvidence } from "./evidence.ts";
import { judgeLapses } from "./judge-lapses.ts";
import { judgeSeats } from "./judge-seats.ts";
import { judgeSessions } from "./judge-sessions.ts";
import type { FleetLedger } from "./ledger.ts";
import type { Verdict, VerdictFigures, Violation } from "./verdict.ts";

/** Of one, and of many. */
const words: Record<Violation["kind"], readonly [string, string]> = {
  too_many_seats: [
    "license with more live leases than seats",
    "licenses with more live leases than seats",
  ],
  lost_release: ["release lost", "releases lost"],
  lost_acquire: ["session lost", "sessions lost"],
  lapsed: ["app locked out", "apps locked out"],
  unsigned_or_forged: ["answer unsigned or forged", "answers unsigned or forged"],
  seq_went_back: ["lease that went back", "leases that went back"],
};

const lineOf = (violations: readonly Violation[], figures: VerdictFigures): string => {
  const { leasesVerified, refusalsVerified, machines, licenses, fullest } = figures;
  const proof = `${counted(leasesVerified, "lease")} and ${counted(refusalsVerified, "refusal")} of ${counted(machines, "machine")} on ${counted(licenses, "license")} verified`;
  if (violations.length > 0) {
    const kinds = Object.entries(words)
      .map(([kind, what]) => ({ what, of: violations.filter((one) => one.kind === kind) }))
      .filter(({ of }) => of.length > 0);
    return `VIOLATED: ${kinds.map(({ of, what }) => counted(of.length, ...what)).join(", ")}; ${proof}.`;
  }
  const seats =
    fullest === null ? "" : `; at most ${fullest.held} of ${fullest.maxSeats} seats held at once`;
  const unprobed =
    figures.unprobed === 0
      ? ""
      : `; the seats of ${counted(figures.unprobed, "license")} went unprobed`;
  return `UPHELD: ${proof}${seats}, nothing acknowledged was lost, nobody was locked out${unprobed}.`;
};

/**
 * Judges what a fleet was told, by the signed bytes and by the instants at which its machines asked, heard
 * and gave up: pure, so that anybody who has the ledger comes to the same verdict. What counts as a live
 * lease stands in judge-seats.ts, what as lost in judge-sessions.ts, what as locked out in judge-lapses.ts.
 * It holds for licenses that nobody suspends, resizes or ends sessions of meanwhile, and for a server
 * whose clock keeps its pace. Throws $ZodError when the ledger's keys are no JWK set.
 */
export const judge = (ledger: FleetLedger): Verdict => {
  const evidence = readEvidence(ledger);
  const seats = judgeSeats(evidence, ledger.licenses);
  const lapses = judgeLapses(ledger, evidence);
  const violations = [
    ...evidence.violations,
    ...seats.violations,
    ...judgeSessions(ledger, evidence),
    ...lapses.violations,
  ].toSorted((one, other) => one.atMs - other.atMs);

  const probed = ledger.probes.filter(({ licenseId, granted }) =>
    ledger.licenses.some((one) => one.licenseId === licenseId && one.maxSeats === granted),
  ).length;
  const figures: VerdictFigures = {
    machines: ledger.machines.length,
    licenses: ledger.licenses.length,
    sessions: evidence.sessions.size,
    leasesVerified: evidence.leases,
    refusalsVerified: evidence.refusalsVerified,
    releasesAcknowledged: ledger.calls.filter(({ outcome }) => outcome === "released").length,
    unanswered: evidence.unanswered,
    fullest: seats.fullest,
    rightfulLapses: lapses.rightful,
    probed,
    unprobed: ledger.licenses.length - probed,
  };
  return { ok: violations.length === 0, violations, figures, line: lineOf(violations, figures) };
};
