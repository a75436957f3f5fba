/**
 * What was acknowledged is not lost, and no session goes back.
 *
 * - A release that was acknowledged is final: no lease of its session is granted to a request that was
 *   sent after it. To find that out, the newest released leases are shown once more at the end (recheck).
 * - A session that was acknowledged is known: while its lease surely lives and nobody has released it, the
 *   server neither calls the lease invalid, nor says that the session ended or that the seats are
 *   taken, nor gives its machine another session.
 * - `seq` of a session grows with every lease that was asked for after the one before had come.
 */
import type { Evidence, MachineCall, SessionEvidence } from "./evidence.ts";
import { surelyLivesUntilMs } from "./judge-seats.ts";
import type { LeaseEvidence, Violation, ViolationKind } from "./verdict.ts";

const violation = (
  kind: ViolationKind,
  detail: string,
  lease: LeaseEvidence,
  others: readonly LeaseEvidence[] = [],
  atMs = lease.answeredAtMs,
): Violation => ({
  kind,
  detail,
  atMs,
  machine: lease.machine,
  licenseId: lease.claims.sub,
  leases: [...others, lease],
});

const judgeSeq = ({ leases }: SessionEvidence): Violation[] =>
  leases.flatMap((lease, position) => {
    const before = leases
      .slice(Math.max(0, position - 8), position)
      .findLast((earlier) => earlier.answeredAtMs <= lease.sentAtMs);
    return before !== undefined && lease.claims.seq <= before.claims.seq
      ? [
          violation(
            "seq_went_back",
            `A lease with seq ${lease.claims.seq} came after one with ${before.claims.seq}.`,
            lease,
            [before],
          ),
        ]
      : [];
  });

const judgeReleases = ({ leases, releases, revivals }: SessionEvidence): Violation[] => {
  const released = releases.find(({ answeredAtMs }) => answeredAtMs !== null)?.answeredAtMs;
  if (released === undefined || released === null) return [];
  const after = [...leases, ...revivals].find(({ sentAtMs }) => sentAtMs > released);
  return after === undefined
    ? []
    : [violation("lost_release", "A released session came back to life.", after)];
};

/** Codes of signed refusals by which a server says that it does not know of a seat that is held. */
const denials = new Set(["SEATS_EXHAUSTED", "SESSION_ENDED", "NO_MACHINE", "NOT_FOUND"]);

/** Walks through the calls of one machine with the lease that it surely holds. */
const judgeMachine = (
  calls: readonly MachineCall[],
  denied: (call: MachineCall) => string | null,
): Violation[] => {
  const violations: Violation[] = [];
  const doubted = new Set<string>();
  let held: LeaseEvidence | null = null;
  for (const call of calls) {
    // It shows a lease that the machine no longer holds.
    if (call.call === "recheck") continue;
    const surely: boolean =
      held !== null &&
      !doubted.has(held.claims.sid) &&
      held.answeredAtMs <= call.sentAtMs &&
      call.answeredAtMs !== null &&
      call.answeredAtMs < surelyLivesUntilMs(held);
    if (call.call === "release") {
      if (held !== null) doubted.add(held.claims.sid);
      held = null;
      continue;
    }
    const denial = denied(call);
    if (held !== null && surely && denial !== null) {
      const detail = `The server answered ${denial} about a session that it had granted and nobody had ended.`;
      violations.push(violation("lost_acquire", detail, held, [], call.answeredAtMs ?? undefined));
    }
    if (denial !== null) held = null;
    if (call.lease === null) continue;
    if (held !== null && surely && call.lease.claims.sid !== held.claims.sid) {
      const detail = "A machine that held a session was given another one.";
      violations.push(violation("lost_acquire", detail, call.lease, [held]));
    }
    held = call.lease;
  }
  return violations;
};

/** Judges each session and each machine's calls. */
export const judgeSessions = (evidence: Evidence): Violation[] => {
  const codeOf = new Map(
    evidence.refusals.map(({ call, claims }) => [
      `${call.machine} ${call.sentAtMs}`,
      claims?.code ?? (call.code === "LEASE_INVALID" ? call.code : null),
    ]),
  );
  const denied = (call: MachineCall): string | null => {
    if (call.outcome !== "refused") return null;
    const code = codeOf.get(`${call.machine} ${call.sentAtMs}`) ?? null;
    return code === "LEASE_INVALID" || denials.has(code ?? "") ? code : null;
  };
  return [
    ...[...evidence.sessions.values()].flatMap((session) => [
      ...judgeSeq(session),
      ...judgeReleases(session),
    ]),
    ...[...evidence.ofMachine.values()].flatMap((calls) => judgeMachine(calls, denied)),
  ];
};
