/**
 * Never one seat too many, proved from signed bytes.
 *
 * A session counts as live, on the fleet's one monotonic clock, from `answeredAt` of a lease to the first of
 *
 *   1. `sentAt + (exp - iat) - 1 s` of that lease,
 *   2. `sentAt` of the first release of the session after it,
 *   3. `answeredAt` of the first signed refusal after it that was given for this session,
 *   4. and, if a release of the session had gone unanswered before, `sentAt` of the session's next lease,
 *      or nothing at all if there is none.
 *
 * This is sound: whatever it counts, the server has granted and not taken back, so that more live sessions
 * than seats at one instant are the server's fault, however slow the network and whatever was lost on it.
 *
 * - The server grants a lease after its request was sent and before the answer is here; it writes `iat` as
 *   its own second, rounded down, so the lease lives for more than `exp - iat - 1 s` from `sentAt` on. The
 *   lengths are compared alone, so the server's clock need not agree with ours, only run at its pace.
 * - A release takes effect after it is sent, at the earliest. Whether it was acknowledged is of no
 *   interest here: its machine has given the seat up, and the session may end at any time from then on.
 *   A release is final, so two leases of one session prove that it lived all the time between.
 * - A machine that crashed, lapsed or sleeps says nothing: its seat is promised until `exp`, and counts.
 *   (A simulated clock runs ahead, so that a machine may have lapsed before: the server knows no such
 *   thing, and may not give the seat away earlier.)
 * - After a signed refusal of a session, the machine works by it no more.
 */
import type { Evidence, SessionEvidence } from "./evidence.ts";
import type { LeaseEvidence, Violation } from "./verdict.ts";

/** A time in which a session provably held its seat, and the lease that proves its beginning. */
export interface LiveTime {
  readonly sessionId: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly lease: LeaseEvidence;
}

/** Until when a lease surely lives, if nobody ends it, in ms of the fleet's clock. */
export const surelyLivesUntilMs = ({ claims, sentAtMs }: LeaseEvidence): number =>
  sentAtMs + (claims.exp - claims.iat - 1) * 1000;

/** When a session surely lives, lease by lease; `refusedAtMs` in ascending order. */
export const liveTimes = (
  { sessionId, leases, releases }: SessionEvidence,
  refusedAtMs: readonly number[],
): LiveTime[] =>
  leases.flatMap((lease, position) => {
    const { answeredAtMs: fromMs } = lease;
    const doubtful = releases.some(
      (release) => release.answeredAtMs === null && release.sentAtMs < fromMs,
    );
    const next = leases[position + 1];
    const toMs = Math.min(
      surelyLivesUntilMs(lease),
      releases.find(({ sentAtMs }) => sentAtMs >= fromMs)?.sentAtMs ?? Infinity,
      refusedAtMs.find((atMs) => atMs >= fromMs) ?? Infinity,
      doubtful ? (next?.sentAtMs ?? fromMs) : Infinity,
    );
    return toMs > fromMs ? [{ sessionId, fromMs, toMs, lease }] : [];
  });

interface Turn {
  readonly atMs: number;
  readonly live: LiveTime;
  readonly begins: boolean;
}

/** The most sessions that lived at one instant, and who they were where they first were too many. */
const sweep = (times: readonly LiveTime[], maxSeats: number) => {
  const turns: Turn[] = times.flatMap((live) => [
    { atMs: live.fromMs, live, begins: true },
    { atMs: live.toMs, live, begins: false },
  ]);
  // Who leaves at an instant makes room for who comes at it.
  turns.sort((one, other) => one.atMs - other.atMs || Number(one.begins) - Number(other.begins));
  const open = new Map<string, Set<LiveTime>>();
  let most = 0;
  let excess: { atMs: number; leases: readonly LeaseEvidence[] } | null = null;
  for (const { atMs, live, begins } of turns) {
    const times = open.get(live.sessionId) ?? new Set();
    if (begins) times.add(live);
    else times.delete(live);
    if (times.size === 0) open.delete(live.sessionId);
    else open.set(live.sessionId, times);
    most = Math.max(most, open.size);
    if (open.size > maxSeats && open.size === most) {
      const leases = [...open.values()].flatMap((of) =>
        [...of].slice(0, 1).map(({ lease }) => lease),
      );
      excess = { atMs, leases };
    }
  }
  return { most, excess };
};

/** Judges each license; `fullest` is how near the fullest one came to its seats. */
export const judgeSeats = (
  evidence: Evidence,
  licenses: readonly { readonly licenseId: string | null; readonly maxSeats: number }[],
) => {
  const refusedAt = new Map<string, number[]>();
  for (const { call, claims, sessionId } of evidence.refusals) {
    if (claims === null || sessionId === null) continue;
    const instants = refusedAt.get(sessionId) ?? [];
    refusedAt.set(sessionId, instants);
    instants.push(call.answeredAtMs);
  }
  const timesOf = new Map<string, LiveTime[]>();
  for (const session of evidence.sessions.values()) {
    const licenseId = session.leases[0]?.claims.sub ?? "";
    const refused = (refusedAt.get(session.sessionId) ?? []).toSorted((one, other) => one - other);
    const times = timesOf.get(licenseId) ?? [];
    timesOf.set(licenseId, times);
    for (const time of liveTimes(session, refused)) times.push(time);
  }

  const violations: Violation[] = [];
  let fullest: { licenseId: string; held: number; maxSeats: number } | null = null;
  for (const { licenseId, maxSeats } of licenses) {
    if (licenseId === null) continue;
    const { most, excess } = sweep(timesOf.get(licenseId) ?? [], maxSeats);
    if (fullest === null || most / maxSeats > fullest.held / fullest.maxSeats) {
      fullest = { licenseId, held: most, maxSeats };
    }
    if (excess === null) continue;
    violations.push({
      kind: "too_many_seats",
      detail: `${most} sessions lived at once on a license of ${maxSeats} seats.`,
      atMs: excess.atMs,
      machine: null,
      licenseId,
      leases: excess.leases,
    });
  }
  return { violations, fullest };
};
