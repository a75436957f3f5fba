/** A server that keeps every promise, its clients and their network, in a time of its own; a test may corrupt it. */
import { createPrivateKey } from "node:crypto";
import { fingerprintHash } from "@latchkey/license-crypto";
import type { LeaseClaims } from "@latchkey/license-crypto";
import {
  createSigner,
  generateSigningKey,
  signLease,
  signRefusal,
} from "@latchkey/license-crypto/sign";
import type { FleetLedger, LedgerCall, Probe, SeatCall } from "../src/ledger.ts";

export const product = "0190b8a0-0000-7000-8000-000000000001";
export const licenseId = "0190b8a0-0000-7000-8000-000000000002";
const issuer = "https://license.example.com";
const startServerMs = Date.UTC(2026, 10, 20, 12) + 437;
const leaseMs = 360_000;
const timeoutMs = 7_000;

export const makeSigner = async () => {
  const key = await generateSigningKey("EdDSA");
  const { kid, algorithm } = key;
  const signer = createSigner({ kid, algorithm, privateKey: createPrivateKey(key.privateKeyPem) });
  return { signer, publicKeys: { keys: [key.publicJwk] } };
};
export type Keys = Awaited<ReturnType<typeof makeSigner>>;

/** What one machine does `gapMs` after the step before, if nothing of it is under way. */
export interface Step {
  readonly machine: number;
  readonly call: SeatCall;
  readonly gapMs: number;
  readonly outMs: number;
  readonly backMs: number;
  readonly answerLost: boolean;
}

interface Session {
  readonly id: string;
  readonly machine: number;
  expiresAtMs: number;
  seq: number;
  released: boolean;
}

type Reply = {
  readonly outcome: LedgerCall["outcome"];
  readonly token: string | null;
  readonly code: string | null;
  readonly usedSeats: number | null;
};

export interface Play {
  readonly steps: readonly Step[];
  readonly machines: number;
  readonly maxSeats: number;
  /** So many of the machines, the last ones, are not the fleet's: the ledger knows nothing of their calls. */
  readonly outsiders?: number;
  /** The server acknowledges this one of the fleet's releases, and forgets it. */
  readonly forgets?: number;
  /** Whether the fleet ends in order: all quit, fresh machines probe, released leases are shown again. */
  readonly ends?: boolean;
}

interface Played {
  readonly ledger: FleetLedger;
  /** Whether at the end an acknowledged release had been forgotten, whose session still lived. */
  readonly forgotten: boolean;
}

/** Plays the steps on a license of `maxSeats`, and answers the ledger that a fleet would have kept. */
export const playHouse = (keys: Keys, play: Play): FleetLedger => playToEnd(keys, play).ledger;

/** The same, with what the server alone knows. */
export const playToEnd = (
  { signer, publicKeys }: Keys,
  { steps, machines, maxSeats, outsiders = 0, forgets, ends = false }: Play,
): Played => {
  const fingerprints = Array.from(
    { length: machines + (ends ? maxSeats : 0) },
    (_, index) => `fleet:machine-number-${index}`,
  );
  const isOutsider = (machine: number): boolean =>
    machine >= machines - outsiders && machine < machines;
  const sessions: Session[] = [];
  const calls: LedgerCall[] = [];
  const leaseOf = new Map<number, { token: string; session: Session } | null>();
  const busyUntilMs = new Map<number, number>();
  /** What the fleet gave back, with an answer. */
  const given: { machine: number; presented: string; session: Session }[] = [];

  const claimsOf = (machine: number) => ({
    iss: issuer,
    aud: product,
    sub: licenseId,
    fph: fingerprintHash(fingerprints[machine] ?? "", product),
  });
  const grant = (session: Session, atMs: number): Reply => {
    session.seq += 1;
    session.expiresAtMs = atMs + leaseMs;
    const iat = Math.floor((startServerMs + atMs) / 1000);
    const exp = Math.min(Math.floor((startServerMs + session.expiresAtMs) / 1000), iat + 360);
    const claims: LeaseClaims = {
      ...claimsOf(session.machine),
      sid: session.id,
      mch: `machine-${session.machine}`,
      iat,
      exp,
      graceUntil: exp + 1800,
      seq: session.seq,
      features: {},
      limits: {},
    };
    const usedSeats = othersLive(session.machine, atMs) + 1;
    return { outcome: "lease", token: signLease(signer, claims), code: null, usedSeats };
  };
  const refuse = (machine: number, code: string, atMs: number): Reply => ({
    outcome: "refused",
    code: code === "SESSION_ENDED" ? "LEASE_EXPIRED" : code,
    usedSeats: code === "SEATS_EXHAUSTED" ? maxSeats : null,
    token: signRefusal(signer, {
      ...claimsOf(machine),
      iat: Math.floor((startServerMs + atMs) / 1000),
      code,
      detail: "No.",
    }),
  });
  const othersLive = (machine: number, atMs: number): number =>
    sessions.filter((one) => !one.released && one.machine !== machine && one.expiresAtMs > atMs)
      .length;

  let releases = 0;
  let lost: Session | null = null;
  const answer = (machine: number, call: SeatCall, shown: Session | null, atMs: number): Reply => {
    if (call === "release") {
      if (shown !== null && !isOutsider(machine) && releases++ === forgets) lost = shown;
      else if (shown !== null) shown.released = true;
      return { outcome: "released", token: null, code: null, usedSeats: null };
    }
    if (call !== "acquire" && shown?.released) return refuse(machine, "SESSION_ENDED", atMs);
    if (othersLive(machine, atMs) >= maxSeats) return refuse(machine, "SEATS_EXHAUSTED", atMs);
    const own = sessions.find((one) => one.machine === machine && !one.released);
    const session = own ?? {
      id: `session-${String(sessions.length).padStart(4, "0")}`,
      machine,
      expiresAtMs: 0,
      seq: 0,
      released: false,
    };
    if (own === undefined) sessions.push(session);
    return grant(session, atMs);
  };

  // Every request is judged when it arrives, so all arrivals stand in one order.
  interface Arrival {
    readonly atMs: number;
    readonly arrive: () => void;
  }
  const arrivals: Arrival[] = [];
  const settleUntil = (untilMs: number): void => {
    for (;;) {
      arrivals.sort((one, other) => one.atMs - other.atMs);
      const [next] = arrivals;
      if (next === undefined || next.atMs > untilMs) return;
      arrivals.shift();
      next.arrive();
    }
  };
  let nowMs = 1_000;
  for (const { machine, call, gapMs, outMs, backMs, answerLost } of steps) {
    nowMs += gapMs;
    settleUntil(nowMs);
    const held = leaseOf.get(machine) ?? null;
    if ((busyUntilMs.get(machine) ?? 0) > nowMs || (call !== "acquire" && held === null)) continue;
    const sentAtMs = nowMs;
    const presented = call === "acquire" ? null : (held?.token ?? null);
    const lost = answerLost || outMs + backMs > timeoutMs;
    busyUntilMs.set(machine, sentAtMs + (lost ? timeoutMs : outMs + backMs));
    if (call === "release") leaseOf.set(machine, null);
    arrivals.push({
      atMs: sentAtMs + outMs,
      arrive: () => {
        const reply = answer(machine, call, held?.session ?? null, sentAtMs + outMs);
        const session = sessions.findLast((one) => one.machine === machine && !one.released);
        if (lost) {
          calls.push({
            machine,
            call,
            presented,
            nonce: null,
            sentAtMs,
            answeredAtMs: null,
            outcome: "failed",
            token: null,
            usedSeats: null,
            code: "GIVEN_UP",
          });
          return;
        }
        const answeredAtMs = sentAtMs + outMs + backMs;
        calls.push({ machine, call, presented, nonce: null, sentAtMs, answeredAtMs, ...reply });
        if (call === "release" && presented !== null && held !== null && !isOutsider(machine)) {
          given.push({ machine, presented, session: held.session });
        }
        if (reply.outcome === "lease" && reply.token !== null && session !== undefined) {
          leaseOf.set(machine, { token: reply.token, session });
        } else if (reply.outcome === "refused") leaseOf.set(machine, null);
      },
    });
  }
  settleUntil(Infinity);

  nowMs = Math.max(nowMs, ...busyUntilMs.values());
  const ask = (
    machine: number,
    call: SeatCall,
    shown: Session | null,
    presented: string | null,
  ) => {
    nowMs += 10;
    const reply = answer(machine, call, shown, nowMs);
    const instants = { sentAtMs: nowMs, answeredAtMs: nowMs + 5 };
    calls.push({ machine, call, presented, nonce: null, ...instants, ...reply });
    return reply;
  };
  const giveBack = (machine: number, session: Session, presented: string): void => {
    ask(machine, "release", session, presented);
    given.push({ machine, session, presented });
  };
  const probes: Probe[] = [];
  if (ends) {
    for (const [machine, held] of leaseOf) {
      if (held !== null && !isOutsider(machine)) giveBack(machine, held.session, held.token);
    }
    const fromMs = nowMs + 1;
    const fresh = Array.from({ length: maxSeats }, (_, index) => machines + index);
    const answers = fresh.map((machine) => ({ machine, ...ask(machine, "acquire", null, null) }));
    const granted = answers.filter(({ outcome }) => outcome === "lease");
    probes.push({
      licenseId,
      fromMs,
      granted: granted.length,
      refused: answers.length - granted.length,
    });
    for (const { machine, token } of granted) {
      const session = sessions.find((one) => one.machine === machine);
      if (session !== undefined && token !== null) giveBack(machine, session, token);
    }
  }
  const forgotten = given.some(
    ({ session }) => session === lost && !session.released && session.expiresAtMs > nowMs + 20_000,
  );
  for (const { machine, session, presented } of given) {
    if (ends) ask(machine, "recheck", session, presented);
  }
  const ledger: FleetLedger = {
    product,
    publicKeys,
    fetchedKeys: [],
    speed: 1,
    machines: fingerprints.map((fingerprint) => ({ fingerprint, license: 0 })),
    licenses: [{ licenseId, maxSeats, shared: outsiders > 0 }],
    calls: calls.filter(({ machine }) => !isOutsider(machine)),
    lapses: [],
    absences: [],
    probes,
    sessions: new Map(),
    serverFaults: "told",
  };
  return { ledger, forgotten };
};
