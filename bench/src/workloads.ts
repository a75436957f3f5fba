/** What is measured: the bodies that are sent, and the answers that count. */
import { HeldSeat } from "@latchkey/contracts";
import { createKeyRing, verifyLease } from "@latchkey/license-crypto/verify";
import type { KeyRing } from "@latchkey/license-crypto/verify";
import { z } from "zod";
import type { Work } from "./load.ts";
import type { Sizes } from "./options.ts";
import type { SeededLicense } from "./seed.ts";

/** By which Latchkey is measured. */
export const doors = ["REST", "tRPC"] as const;
export type Door = (typeof doors)[number];

export const paths = {
  REST: { acquire: "/api/v1/licenses/acquire", heartbeat: "/api/v1/licenses/heartbeat" },
  tRPC: { acquire: "/trpc/seats.acquire", heartbeat: "/trpc/seats.heartbeat" },
} as const;

/** Knocks per machine in a storm, below what a machine may in a minute. */
export const knocksPerMachine = 8;
/** So many times the machines of other cells, so that a storm lasts for seconds. */
const stormFactor = 3;
/** The machines of a cell belong to so many licenses, so that these are busy at the same time. */
export const licensesPerCell = 10;

/** Twice the machines of other cells: a machine acquires but once, and pgbench needs some to get going. */
export const acquiresPerCell = ({ machines }: Sizes): number => 2 * machines;

/** The machines that knock in a storm. */
export const machinesPerStorm = ({ machines }: Sizes): number => stormFactor * machines;

/** As long as a client's nonce of 16 bytes, and another one for each number. */
export const nonceOf = (number: number): string => `bench${String(number).padStart(17, "0")}`;

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
 * Throws unless `lease` is signed, by a key of the ring, in answer to the call with this nonce, for the session and
 * with the step that it must show; any nonce and any step where none is told.
 */
export const demandLease = (
  keyRing: KeyRing,
  lease: string,
  shown: {
    readonly aud: string;
    readonly sid: string;
    readonly seq?: number;
    readonly nonce?: string;
  },
): void => {
  const verified = verifyLease(keyRing, lease, { audience: shown.aud, nonce: shown.nonce });
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

/** The item of request `index`: from the beginning again once all were taken. Throws where there are none. */
export const take = <Item>(items: readonly Item[], index: number): Item => {
  const item = items[index % items.length];
  if (item === undefined) throw new RangeError("There is nothing to take.");
  return item;
};

/** A machine as its client names it to acquire a seat. */
export interface Machine {
  readonly licenseKey: string;
  readonly fingerprint: string;
}

/** The machines of these licenses, with the licenses in turn. */
export const machinesInTurn = (licenses: readonly SeededLicense[]): Machine[] => {
  const longest = Math.max(...licenses.map(({ fingerprints }) => fingerprints.length));
  return Array.from({ length: longest }, (_, turn) =>
    licenses.flatMap(({ licenseKey, fingerprints }) => {
      const fingerprint = fingerprints[turn];
      return fingerprint === undefined ? [] : [{ licenseKey, fingerprint }];
    }),
  ).flat();
};

/** The body of the acquire that is request `index`: the machines in turn, each with a nonce of this request's own. */
export const acquireBody = (machines: readonly Machine[], index: number): string =>
  JSON.stringify({ ...take(machines, index), nonce: nonceOf(index) });
