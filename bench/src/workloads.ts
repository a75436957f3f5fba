/** What is measured: the bodies that are sent, and the answers that count. */
import { HeldSeat } from "@latchkey/contracts";
import type { LeaseClaims } from "@latchkey/license-crypto";
import { signLease } from "@latchkey/license-crypto/sign";
import type { Signer } from "@latchkey/license-crypto/sign";
import { createKeyRing, verifyLease } from "@latchkey/license-crypto/verify";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { Work } from "./load.ts";
import type { Sizes } from "./options.ts";
import type { SeededLicense } from "./seed.ts";
import { createTurns } from "./turns.ts";

/** By which Latchkey is measured. */
export const doors = ["REST", "tRPC"] as const;
export type Door = (typeof doors)[number];

export const paths = {
  REST: { acquire: "/api/v1/licenses/acquire", heartbeat: "/api/v1/licenses/heartbeat" },
  tRPC: { acquire: "/trpc/seats.acquire", heartbeat: "/trpc/seats.heartbeat" },
} as const;

/** Heartbeats per session and cell, a quarter of what a session may send in a minute. */
export const heartbeatsPerSession = 5;
/** Knocks per machine in a storm, below what a machine may in a minute. */
export const knocksPerMachine = 8;
/** The machines of a cell belong to so many licenses, so that these are busy at the same time. */
export const licensesPerCell = 10;

/** Twice the machines of other cells: a machine acquires but once, and pgbench needs some to get going. */
export const acquiresPerCell = ({ machines }: Sizes): number => 2 * machines;

/** The lease in an answer of either door, found without parsing, which would cost the servers CPU time. */
export const leaseIn = (body: string): string | undefined => /"lease":"([\w.-]+)"/.exec(body)?.[1];

const TrpcAnswer = z.object({ result: z.object({ data: z.unknown() }) });

/** The held seat in an answer of either door. Throws $ZodError for any other. */
export const heldSeatIn = (body: string): HeldSeat => {
  const answer: unknown = JSON.parse(body);
  const wrapped = TrpcAnswer.safeParse(answer);
  return HeldSeat.parse(wrapped.success ? wrapped.data.result.data : answer);
};

/** The public keys that the API publishes. */
export const fetchKeyRing = async (apiUrl: string): Promise<KeyRing> => {
  const answer = await fetch(`${apiUrl}/.well-known/jwks.json`);
  return createKeyRing(z.object({ keys: z.array(z.unknown()) }).parse(await answer.json()));
};

/**
 * Throws unless `lease` is signed, by a key of the ring, for the session and with the step that it must show; any step
 * where none is told.
 */
export const demandLease = (
  keyRing: KeyRing,
  lease: string,
  shown: { readonly aud: string; readonly sid: string; readonly seq?: number },
): void => {
  const verified = verifyLease(keyRing, lease, { audience: shown.aud });
  if (!verified.ok) throw new Error(`An answer's lease is worthless: ${verified.reason}.`);
  const { sid, seq } = verified.claims;
  if (sid === shown.sid && seq === (shown.seq ?? seq)) return;
  throw new Error(`An answer to ${JSON.stringify(shown)} is of session ${sid}, step ${seq}.`);
};

/** Work whose answers are kept, to be judged when nothing is measured any more. */
export interface CheckedWork extends Work {
  /** Throws for an answer that is not right in all it says. */
  check(): void;
}

/** The body of request `index`: from the beginning again once all were sent. */
export const take = (bodies: readonly string[], index: number): string =>
  bodies[index % bodies.length] ?? "";

/** One acquire for each machine of these licenses, with the licenses in turn. */
export const acquireBodies = (licenses: readonly SeededLicense[]): string[] => {
  const longest = Math.max(...licenses.map(({ fingerprints }) => fingerprints.length));
  return Array.from({ length: longest }, (_, turn) =>
    licenses.flatMap(({ licenseKey, fingerprints }) => {
      const fingerprint = fingerprints[turn];
      return fingerprint === undefined ? [] : [JSON.stringify({ licenseKey, fingerprint })];
    }),
  ).flat();
};

/**
 * Heartbeats of the sessions of `claims` in turn, each with the newest lease of its session as a client has it. The
 * first leases are signed by `signer`; every answer's is checked with the ring.
 */
export const heartbeats = (
  url: string,
  claims: readonly LeaseClaims[],
  { signer, keyRing }: { signer: Signer; keyRing: KeyRing },
): CheckedWork => {
  const newest = claims.map((lease) => signLease(signer, lease));
  const turns = createTurns(newest.length);
  const answers: { readonly session: number; readonly step: number; readonly body: string }[] = [];
  return {
    url,
    count: newest.length * heartbeatsPerSession,
    bodyOf: (index) => `{"lease":"${newest[turns.take(index)]}"}`,
    accepts: (status, body, index) => {
      const lease = leaseIn(body);
      if (status !== 200 || lease === undefined) return false;
      const { session, step } = turns.giveBack(index);
      newest[session] = lease;
      answers.push({ session, step, body });
      return true;
    },
    check: () => {
      for (const { session: index, step, body } of answers) {
        const first = claims[index];
        if (!first) throw new Error("An answer belongs to no session.");
        const { lease, session } = heldSeatIn(body);
        if (session.id !== first.sid) throw new Error(`An answer names session ${session.id}.`);
        demandLease(keyRing, lease, { ...first, seq: first.seq + step });
      }
    },
  };
};

/** The same requests to a server that says hello, which sends back the lease that it got. */
export const hellos = (url: string, claims: readonly LeaseClaims[], signer: Signer): Work => {
  const leases = claims.map((lease) => signLease(signer, lease));
  return {
    url,
    count: leases.length * heartbeatsPerSession,
    bodyOf: (index) => `{"lease":"${take(leases, index)}"}`,
    accepts: (status, body, index) => status === 200 && leaseIn(body) === take(leases, index),
  };
};
