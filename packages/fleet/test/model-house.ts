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
import type { FleetLedger, LedgerCall, SeatCall } from "../src/ledger.ts";

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
};

/** Plays the steps on a license of `maxSeats`, and answers the ledger that a fleet would have kept. */
export const playHouse = (
  { signer, publicKeys }: Keys,
  { steps, machines, maxSeats }: { steps: readonly Step[]; machines: number; maxSeats: number },
): FleetLedger => {
  const fingerprints = Array.from(
    { length: machines },
    (_, index) => `fleet:machine-number-${index}`,
  );
  const sessions: Session[] = [];
  const calls: LedgerCall[] = [];
  const leaseOf = new Map<number, { token: string; session: Session } | null>();
  const busyUntilMs = new Map<number, number>();

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
    return { outcome: "lease", token: signLease(signer, claims), code: null };
  };
  const refuse = (machine: number, code: string, atMs: number): Reply => ({
    outcome: "refused",
    code: code === "SESSION_ENDED" ? "LEASE_EXPIRED" : code,
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

  const answer = (machine: number, call: SeatCall, shown: Session | null, atMs: number): Reply => {
    if (call === "release") {
      if (shown !== null) shown.released = true;
      return { outcome: "released", token: null, code: null };
    }
    if (call === "heartbeat" && shown?.released) return refuse(machine, "SESSION_ENDED", atMs);
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
            code: "GIVEN_UP",
          });
          return;
        }
        const answeredAtMs = sentAtMs + outMs + backMs;
        calls.push({ machine, call, presented, nonce: null, sentAtMs, answeredAtMs, ...reply });
        if (reply.outcome === "lease" && reply.token !== null && session !== undefined) {
          leaseOf.set(machine, { token: reply.token, session });
        } else if (reply.outcome === "refused") leaseOf.set(machine, null);
      },
    });
  }
  settleUntil(Infinity);
  return {
    product,
    publicKeys,
    speed: 1,
    machines: fingerprints.map((fingerprint) => ({ fingerprint, license: 0 })),
    licenses: [{ licenseId, maxSeats }],
    calls,
    lapses: [],
    absences: [],
    probes: [],
    sessions: new Map(),
    serverFaults: "told",
  };
};
