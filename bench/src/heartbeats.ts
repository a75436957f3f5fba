/** Heartbeats to a server: those that bring it into its rhythm, and those that are measured. */
import type { LeaseClaims } from "@latchkey/license-crypto";
import { signLease } from "@latchkey/license-crypto/sign";
import type { Signer } from "@latchkey/license-crypto/sign";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import type { Work } from "./load.ts";
import { createTurns } from "./turns.ts";
import { demandLease, heldSeatIn, leaseIn, nonceOf, take } from "./workloads.ts";

/**
 * Measured heartbeats of a session. With the first they are as many in a minute as a node lets pass without telling
 * Redis, as it does with every heartbeat at the true rhythm of one in five minutes.
 */
export const heartbeatsPerSession = 4;

export interface Heartbeats {
  /** One of each session, whose lease the server has not signed itself. */
  readonly first: Work;
  /** The following ones, each with the lease that the last one brought. */
  readonly following: Work;
  /** Throws for an answer that is not right in all it says. */
  check(): void;
}

/** An answer and what it must be right for. */
export interface Answered {
  readonly session: number;
  /** Which heartbeat of its session it answers, from 1. */
  readonly step: number;
  readonly nonce: string;
  readonly body: string;
}

/**
 * Heartbeats of sessions in turn, each with the newest token of its session as a client has it, from `tokens` on;
 * `judge` gets every answer when nothing is measured any more.
 */
export const heartbeatsInTurn = (
  url: string,
  tokens: readonly string[],
  judge: (answered: Answered) => void,
): Heartbeats => {
  const newest = [...tokens];
  const turns = createTurns(newest.length);
  const nonces: string[] = [];
  const answers: Answered[] = [];
  let asked = 0;
  const beat = (count: number): Work => ({
    url,
    count,
    bodyOf: (index) => {
      const session = turns.take(index);
      const nonce = nonceOf(asked);
      asked += 1;
      nonces[session] = nonce;
      return `{"lease":"${newest[session]}","nonce":"${nonce}"}`;
    },
    accepts: (status, body, index) => {
      const lease = leaseIn(body);
      if (status !== 200 || lease === undefined) return false;
      const { session, step } = turns.giveBack(index);
      newest[session] = lease;
      answers.push({ session, step, nonce: nonces[session] ?? "", body });
      return true;
    },
  });
  return {
    first: beat(newest.length),
    following: beat(newest.length * heartbeatsPerSession),
    check: () => answers.forEach(judge),
  };
};

/** Heartbeats of the sessions of `claims`, whose first leases `signer` signs; answers are checked with the ring. */
export const leaseHeartbeats = (
  url: string,
  claims: readonly LeaseClaims[],
  { signer, keyRing }: { readonly signer: Signer; readonly keyRing: KeyRing },
): Heartbeats =>
  heartbeatsInTurn(
    url,
    claims.map((lease) => signLease(signer, lease)),
    ({ session: index, step, nonce, body }) => {
      const held = take(claims, index);
      const { lease, session } = heldSeatIn(body);
      if (session.id !== held.sid) throw new Error(`An answer names session ${session.id}.`);
      demandLease(keyRing, lease, { aud: held.aud, sid: held.sid, seq: held.seq + step, nonce });
    },
  );

/** The same requests to a server that says hello, which sends the lease back that it got. */
export const hellos = (url: string, leases: readonly string[]): Heartbeats =>
  heartbeatsInTurn(url, leases, ({ session, body }) => {
    if (leaseIn(body) !== take(leases, session)) throw new Error("A hello is another's.");
  });
