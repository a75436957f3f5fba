/**
 * Once everybody has quit, fresh machines get all seats that nobody may still hold: else a release was lost.
 *
 * Somebody outside the fleet may hold seats too, by leases that the fleet never sees. The server says with each
 * acquire how many seats are in use; no more of these are the fleet's than acquires that had been sent by then and
 * not been refused, lost releases among them. So the rest was held by others: by a machine of an earlier fleet, on
 * a license that nobody else uses. As many seats may stay taken.
 *
 * Of a **shared** license others may come at any time, so that no seat that stays taken is a proof: it is told,
 * and the releases are proved for the seats that the fresh machines did get. (A released lease that is renewed is
 * proof on any license; that is judged with the sessions.)
 */
import { counted } from "./counted.ts";
import type { Evidence } from "./evidence.ts";
import type { FleetLedger, LedgerCall, LedgerLicense, Probe } from "./ledger.ts";
import type { Violation } from "./verdict.ts";

/** What the fleet's end left unproved of one license. */
export interface OpenSeats {
  /** Seats that fresh machines did not get, and that nobody of the fleet may hold. */
  readonly stayedTaken: number;
  /** Of these, how many others held before, by what the server told. */
  readonly knownOfOthers: number;
  /** Seats that fresh machines did not get, and that machines of the fleet may hold that nobody told for sure. */
  readonly perhapsHeld: number;
  readonly sentence: string;
}

/** Answers after which nobody knows whether the call took effect (`ErrorCode`); a proxy's own count as such. */
const isUnsure = ({ answeredAtMs, code }: LedgerCall): boolean =>
  answeredAtMs === null ||
  code === "UNAVAILABLE" ||
  code === "INTERNAL" ||
  code?.startsWith("HTTP ") === true;

/**
 * Whether a machine may hold a seat that it was told nothing of: by an acquire, or a heartbeat that brought a session
 * back, which nobody answered for sure, and no lease, signed refusal or release after it.
 */
const mayHoldUnawares = (calls: readonly LedgerCall[]): boolean =>
  calls.reduce((may, call) => {
    const { outcome, token } = call;
    if (outcome === "released" || outcome === "lease") return false;
    if (outcome === "refused" && token !== null) return false;
    return may || (call.call !== "release" && isUnsure(call));
  }, false);

/** Machines of the fleet that may still hold a seat of the license at `atMs`; none holds two. */
const mayBeHeld = (
  ledger: FleetLedger,
  evidence: Evidence,
  licenseId: string,
  atMs: number,
): number => {
  const holders = new Set<number>();
  for (const { leases, releases } of evidence.sessions.values()) {
    const newest = leases.findLast(({ answeredAtMs }) => answeredAtMs < atMs);
    if (newest?.claims.sub !== licenseId) continue;
    const released = releases.some((release) => release.answeredAtMs !== null);
    const { iat, exp } = newest.claims;
    const endsAtMs = newest.answeredAtMs + (exp - iat + 1) * 1000;
    if (!released && endsAtMs > atMs) holders.add(newest.machine);
  }
  for (const [machine, calls] of evidence.ofMachine) {
    if (ledger.licenses[ledger.machines[machine]?.license ?? -1]?.licenseId !== licenseId) continue;
    if (mayHoldUnawares(calls.filter(({ sentAtMs }) => sentAtMs < atMs))) holders.add(machine);
  }
  return holders.size;
};

/** How many seats others held at the least when they held most, by what the server told with the acquires. */
const heldByOthers = (acquires: readonly LedgerCall[]): number => {
  const taking = acquires
    .filter(({ outcome, token }) => outcome !== "refused" || token === null)
    .map(({ sentAtMs }) => sentAtMs)
    .toSorted((one, other) => one - other);
  const told = acquires
    .flatMap(({ answeredAtMs, usedSeats }) =>
      answeredAtMs === null || usedSeats === null ? [] : [{ answeredAtMs, usedSeats }],
    )
    .toSorted((one, other) => one.answeredAtMs - other.answeredAtMs);
  let most = 0;
  let taken = 0;
  for (const { answeredAtMs, usedSeats } of told) {
    while ((taking[taken] ?? Infinity) < answeredAtMs) taken += 1;
    most = Math.max(most, usedSeats - taken);
  }
  return most;
};

const sentenceOf = (
  licenseId: string,
  maxSeats: number,
  { granted, stayedTaken, others }: { granted: number; stayedTaken: number; others: number },
): string => {
  const unseen = "leases of others are not seen";
  if (stayedTaken === 0) {
    return `License ${licenseId}: ${counted(others, "seat")} of ${maxSeats} ${others === 1 ? "was" : "were"} held by somebody outside the fleet for a while; ${unseen}.`;
  }
  const proved = `releases are proved up to ${counted(granted, "seat")}, and ${unseen}`;
  if (stayedTaken <= others) {
    return `License ${licenseId}: ${stayedTaken} of ${maxSeats} seats ${stayedTaken === 1 ? "is" : "are"} held by somebody outside the fleet; ${proved}.`;
  }
  const known = others === 0 ? "" : `, ${others} of them by somebody outside the fleet; the others`;
  return `License ${licenseId}: ${stayedTaken} of ${maxSeats} seats stayed taken${known}, by somebody outside the fleet or for a lost release, which cannot be told apart; ${proved}.`;
};

/** Judges the probes; `open` is what they leave unproved. */
export const judgeProbes = (ledger: FleetLedger, evidence: Evidence) => {
  const violations: Violation[] = [];
  const open: OpenSeats[] = [];
  let probed = 0;
  const answered = new Set<number>();

  const acquiresOf = Map.groupBy(
    ledger.calls.filter(({ call }) => call === "acquire"),
    ({ machine }) => ledger.machines[machine]?.license,
  );
  const judgeProbe = (license: LedgerLicense, index: number, probe: Probe): void => {
    const { licenseId, fromMs, granted, refused } = probe;
    const { maxSeats } = license;
    // Who was not answered may have been granted a seat all the same, which others were refused.
    const mayHold = mayBeHeld(ledger, evidence, licenseId, fromMs);
    const stayedTaken = Math.max(0, refused - mayHold);
    const perhapsHeld = refused - stayedTaken;
    const others = heldByOthers(acquiresOf.get(index) ?? []);
    if (perhapsHeld > 0) {
      const sentence = `License ${licenseId}: ${perhapsHeld} of ${maxSeats} seats may be held by machines of the fleet that got no sure answer; releases are proved up to ${counted(granted, "seat")}.`;
      open.push({ stayedTaken: 0, knownOfOthers: 0, perhapsHeld, sentence });
    }
    if (license.shared || stayedTaken <= others) {
      if (stayedTaken === 0 && others === 0) return;
      const sentence = sentenceOf(licenseId, maxSeats, { granted, stayedTaken, others });
      const knownOfOthers = Math.min(others, stayedTaken);
      open.push({ stayedTaken, knownOfOthers, perhapsHeld: 0, sentence });
    } else {
      violations.push({
        kind: "lost_release",
        detail: `Everybody had quit, and of ${maxSeats} seats fresh machines got ${granted}, where ${granted + stayedTaken - others} were free.`,
        atMs: fromMs,
        machine: null,
        licenseId,
        leases: [],
      });
    }
  };
  for (const probe of ledger.probes) {
    const index = ledger.licenses.findIndex(({ licenseId }) => licenseId === probe.licenseId);
    const license = ledger.licenses[index];
    if (license === undefined) continue;
    if (probe.granted === license.maxSeats) probed += 1;
    if (probe.granted + probe.refused === license.maxSeats) answered.add(index);
    judgeProbe(license, index, probe);
  }
  return { violations, open, probed, unprobed: ledger.licenses.length - answered.size };
};
