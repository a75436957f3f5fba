import { counted } from "./counted.ts";
import { readEvidence } from "./evidence.ts";
import { judgeLapses } from "./judge-lapses.ts";
import { judgeProbes } from "./judge-probes.ts";
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

/** What of the seats at the end is not proved, as the end of a sentence; empty where all is. */
const openOf = (figures: VerdictFigures): string => {
  const { perhapsHeld, stayedTaken, knownOfOthers, unprobed } = figures;
  const taken =
    stayedTaken === knownOfOthers
      ? `${counted(stayedTaken, "seat is", "seats are")} held by somebody outside the fleet${perhapsHeld === 0 ? ", releases are proved for the others" : ""}`
      : `${counted(stayedTaken, "seat")} stayed taken by somebody outside the fleet or for a lost release, which cannot be told apart`;
  return [
    stayedTaken === 0 ? "" : `; ${taken}`,
    perhapsHeld === 0
      ? ""
      : `; ${counted(perhapsHeld, "seat")} may be held by machines of the fleet that got no sure answer`,
    unprobed === 0
      ? ""
      : `; the seats of ${counted(unprobed, "license")} went unprobed, or in part`,
  ].join("");
};

const lineOf = (violations: readonly Violation[], figures: VerdictFigures): string => {
  const { leasesVerified, refusalsVerified, machines, licenses, fullest } = figures;
  const proof = `${counted(leasesVerified, "lease")} and ${counted(refusalsVerified, "refusal")} of ${counted(machines, "machine")} on ${counted(licenses, "license")} verified`;
  if (violations.length > 0) {
    const kinds = Object.entries(words)
      .map(([kind, what]) => ({ what, of: violations.filter((one) => one.kind === kind) }))
      .filter(({ of }) => of.length > 0);
    return `VIOLATED: ${kinds.map(({ of, what }) => counted(of.length, ...what)).join(", ")}; ${proof}${openOf(figures)}.`;
  }
  const seats =
    fullest === null
      ? ""
      : `; the fleet held at most ${fullest.held} of ${fullest.maxSeats} seats at once`;
  const { perhapsHeld, stayedTaken, unprobed } = figures;
  const kept =
    perhapsHeld + stayedTaken + unprobed === 0
      ? "nothing acknowledged was lost"
      : "nothing acknowledged was provably lost";
  return `UPHELD: ${proof}${seats}, ${kept}, nobody was locked out${openOf(figures)}.`;
};

/**
 * Judges what a fleet was told, by the signed bytes and by the instants at which its machines asked, heard
 * and gave up: pure, so that anybody who has the ledger comes to the same verdict. What counts as a live
 * lease stands in judge-seats.ts, what as lost in judge-sessions.ts and judge-probes.ts, what as locked out
 * in judge-lapses.ts. It holds for licenses that nobody suspends, resizes or ends sessions of meanwhile, and
 * for a server whose clock keeps its pace. Throws $ZodError when the ledger's keys are no JWK set.
 */
export const judge = (ledger: FleetLedger): Verdict => {
  const evidence = readEvidence(ledger);
  const seats = judgeSeats(evidence, ledger.licenses);
  const probes = judgeProbes(ledger, evidence);
  const lapses = judgeLapses(ledger, evidence);
  const violations = [
    ...evidence.violations,
    ...seats.violations,
    ...judgeSessions(evidence),
    ...probes.violations,
    ...lapses.violations,
  ].toSorted((one, other) => one.atMs - other.atMs);

  const sum = (of: "stayedTaken" | "knownOfOthers" | "perhapsHeld"): number =>
    probes.open.reduce((total, seatsOfOne) => total + seatsOfOne[of], 0);
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
    releasesRechecked: evidence.refusals.filter(
      ({ call, claims }) => call.call === "recheck" && claims?.code === "SESSION_ENDED",
    ).length,
    probed: probes.probed,
    unprobed: probes.unprobed,
    perhapsHeld: sum("perhapsHeld"),
    stayedTaken: sum("stayedTaken"),
    knownOfOthers: sum("knownOfOthers"),
  };
  return {
    ok: violations.length === 0,
    violations,
    unproved: probes.open.map(({ sentence }) => sentence),
    figures,
    line: lineOf(violations, figures),
  };
};
