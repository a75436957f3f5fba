/** The signed words of a ledger, each proved by the vendor's public keys, put in order by session. */
import {
  createKeyRing,
  extendKeyRing,
  fingerprintHash,
  verifyLease,
  verifyRefusal,
} from "@latchkey/license-crypto/verify";
import type { KeyRing, LeaseClaims, RefusalClaims } from "@latchkey/license-crypto/verify";
import type { FleetLedger, LedgerCall } from "./ledger.ts";
import type { LeaseEvidence, Violation } from "./verdict.ts";

export interface ReleaseEvidence {
  readonly sentAtMs: number;
  /** Null when no answer came: the server may have taken the seat back, or may do so later. */
  readonly answeredAtMs: number | null;
}

export interface RefusalEvidence {
  readonly call: LedgerCall & { readonly answeredAtMs: number };
  /** Null where the code needs no signature. */
  readonly claims: RefusalClaims | null;
  /** The session whose lease was shown. */
  readonly sessionId: string | null;
}

/** All of one session, each list in the order in which it was sent. */
export interface SessionEvidence {
  readonly sessionId: string;
  readonly leases: readonly LeaseEvidence[];
  readonly releases: readonly ReleaseEvidence[];
  /** What rechecks were answered with, where the session should be gone. */
  readonly revivals: readonly LeaseEvidence[];
}

export interface Evidence {
  readonly sessions: ReadonlyMap<string, SessionEvidence>;
  readonly refusals: readonly RefusalEvidence[];
  readonly leases: number;
  readonly refusalsVerified: number;
  readonly unanswered: number;
  /** Calls in the order in which they were sent, by machine, with the lease that was granted. */
  readonly ofMachine: ReadonlyMap<number, readonly MachineCall[]>;
  readonly violations: readonly Violation[];
}

export type MachineCall = LedgerCall & { readonly lease: LeaseEvidence | null };

/** A client acts on these, so a server must sign them (design.md section 4). */
const signedCodes = new Set(["SEATS_EXHAUSTED", "LICENSE_NOT_USABLE", "LEASE_EXPIRED"]);

const isAnswered = (call: LedgerCall): call is LedgerCall & { readonly answeredAtMs: number } =>
  call.answeredAtMs !== null;

/** Verifies every token of the ledger. Throws $ZodError when its keys are no JWK set. */
export const readEvidence = (ledger: FleetLedger): Evidence => {
  const keyRing = ledger.fetchedKeys.reduce<KeyRing>(
    (ring, keys) => extendKeyRing(ring, keys, { audience: ledger.product }),
    createKeyRing({ keys: ledger.publicKeys.keys }),
  );
  const expectedBy = ({ nonce }: LedgerCall) => ({
    audience: ledger.product,
    nonce: nonce ?? undefined,
  });
  const hashes = ledger.machines.map(({ fingerprint }) =>
    fingerprintHash(fingerprint, ledger.product),
  );
  const licenseOf = (machine: number): string | null =>
    ledger.licenses[ledger.machines[machine]?.license ?? -1]?.licenseId ?? null;

  const violations: Violation[] = [];
  const sessions = new Map<
    string,
    { leases: LeaseEvidence[]; releases: ReleaseEvidence[]; revivals: LeaseEvidence[] }
  >();
  const sessionOfToken = new Map<string, string>();
  const ofMachine = new Map<number, MachineCall[]>();
  const refusals: RefusalEvidence[] = [];
  let leases = 0;
  let refusalsVerified = 0;
  let unanswered = 0;

  const forged = (call: LedgerCall, detail: string, seen: readonly LeaseEvidence[] = []): void =>
    void violations.push({
      kind: "unsigned_or_forged",
      detail,
      atMs: call.answeredAtMs ?? call.sentAtMs,
      machine: call.machine,
      licenseId: licenseOf(call.machine),
      leases: seen,
    });

  const readLease = (
    call: LedgerCall & { readonly answeredAtMs: number },
  ): LeaseEvidence | null => {
    if (call.token === null) {
      forged(call, `The answer to ${call.call} held no lease.`);
      return null;
    }
    const verified = verifyLease(keyRing, call.token, expectedBy(call));
    if (!verified.ok) {
      forged(call, `A lease is not the vendor's answer to this call (${verified.reason}).`);
      return null;
    }
    leases += 1;
    const claims: LeaseClaims = verified.claims;
    const { machine, sentAtMs, answeredAtMs } = call;
    const lease = { claims, machine, sentAtMs, answeredAtMs };
    if (claims.fph !== hashes[machine] || claims.sub !== licenseOf(machine)) {
      forged(call, "A lease names another machine or license than asked for it.", [lease]);
      return null;
    }
    if (call.call === "recheck") {
      // Whatever session it names now: who shows a released lease gets none.
      sessions.get(sessionOfToken.get(call.presented ?? "") ?? "")?.revivals.push(lease);
      return lease;
    }
    sessionOfToken.set(call.token, claims.sid);
    const session = sessions.get(claims.sid) ?? { leases: [], releases: [], revivals: [] };
    sessions.set(claims.sid, session);
    session.leases.push(lease);
    return lease;
  };

  const readRefusal = (call: LedgerCall & { readonly answeredAtMs: number }): void => {
    const sessionId = sessionOfToken.get(call.presented ?? "") ?? null;
    if (call.token === null) {
      if (signedCodes.has(call.code ?? "")) forged(call, `${call.code} came without a signature.`);
      refusals.push({ call, claims: null, sessionId });
      return;
    }
    const verified = verifyRefusal(keyRing, call.token, expectedBy(call));
    if (!verified.ok) {
      forged(call, `A refusal is not the vendor's answer to this call (${verified.reason}).`);
      return;
    }
    refusalsVerified += 1;
    if (verified.claims.fph !== hashes[call.machine]) {
      forged(call, "A refusal names another machine than asked.");
      return;
    }
    refusals.push({ call, claims: verified.claims, sessionId });
  };

  for (const call of ledger.calls.toSorted((one, other) => one.sentAtMs - other.sentAtMs)) {
    if (call.outcome === "failed") unanswered += 1;
    const lease = isAnswered(call) && call.outcome === "lease" ? readLease(call) : null;
    if (isAnswered(call) && call.outcome === "refused") readRefusal(call);
    if (call.call === "release" && call.outcome !== "refused") {
      const { sentAtMs, answeredAtMs } = call;
      const session = sessions.get(sessionOfToken.get(call.presented ?? "") ?? "");
      session?.releases.push({ sentAtMs, answeredAtMs });
    }
    const calls = ofMachine.get(call.machine) ?? [];
    ofMachine.set(call.machine, calls);
    calls.push({ ...call, lease });
  }
  return {
    sessions: new Map(
      [...sessions].map(([sessionId, found]) => [sessionId, { sessionId, ...found }]),
    ),
    refusals,
    leases,
    refusalsVerified,
    unanswered,
    ofMachine,
    violations,
  };
};
