/** What is measured: the bodies that are sent, and the answers that count. */
import { z } from "zod";
import type { Work } from "./load.ts";
import type { SeededLicense, Vendor } from "./seed.ts";

export const doors = ["REST", "tRPC"] as const;
export type Door = (typeof doors)[number];

const paths = {
  REST: { acquire: "/api/v1/licenses/acquire", heartbeat: "/api/v1/licenses/heartbeat" },
  tRPC: { acquire: "/trpc/seats.acquire", heartbeat: "/trpc/seats.heartbeat" },
} as const;

/** Heartbeats per session and cell, half of what a session may send in a minute. */
export const heartbeatsPerSession = 10;
/** Knocks per machine in a storm, below what a machine may in a minute. */
export const knocksPerMachine = 8;

const licensesPerAcquireCell = 10;
const stormSeats = 5;

const HeldSeat = z.object({ lease: z.string() });

/** The lease in an answer of either door, found without parsing, which would cost the server's CPU time. */
const leaseIn = (body: string): string | undefined => /"lease":"([\w.-]+)"/.exec(body)?.[1];

const acquireBodies = (licenses: readonly SeededLicense[]): string[] => {
  const longest = Math.max(...licenses.map(({ fingerprints }) => fingerprints.length));
  // One machine of each license in turn, so that the licenses are busy at the same time.
  return Array.from({ length: longest }, (_, turn) =>
    licenses.flatMap(({ licenseKey, fingerprints }) => {
      const fingerprint = fingerprints[turn];
      return fingerprint === undefined ? [] : [JSON.stringify({ licenseKey, fingerprint })];
    }),
  ).flat();
};

const take = (bodies: readonly string[], index: number): string =>
  bodies[index % bodies.length] ?? "";

/** First acquires of machines that hold nothing, spread over licenses with a free seat for each; fills `leases`. */
export const grantedAcquires = async (
  vendor: Vendor,
  { apiUrl, door, machines, leases }: Target & { machines: number; leases: string[] },
): Promise<Work> => {
  const licenses: SeededLicense[] = [];
  for (let index = 0; index < licensesPerAcquireCell; index += 1) {
    const machineCount = Math.floor((machines + index) / licensesPerAcquireCell);
    licenses.push(await vendor.license({ seats: machineCount, machineCount }));
  }
  const bodies = acquireBodies(licenses);
  return {
    url: `${apiUrl}${paths[door].acquire}`,
    count: bodies.length,
    bodyOf: (index) => take(bodies, index),
    accepts: (status, body, index) => {
      const lease = leaseIn(body);
      if (status !== 200 || lease === undefined) return false;
      leases[index] = lease;
      return true;
    },
  };
};

export interface Target {
  readonly apiUrl: string;
  readonly door: Door;
}

const heartbeats = (url: string, leases: string[]): Work => ({
  url,
  count: leases.length * heartbeatsPerSession,
  bodyOf: (index) => `{"lease":"${take(leases, index)}"}`,
  accepts: (status, body, index) => {
    const lease = leaseIn(body);
    if (status !== 200 || lease === undefined) return false;
    // As a client does: the next heartbeat shows the newest lease.
    leases[index % leases.length] = lease;
    return true;
  },
});

/** Heartbeats of the sessions behind `leases`, in turn. */
export const sessionHeartbeats = ({ apiUrl, door }: Target, leases: readonly string[]): Work =>
  heartbeats(`${apiUrl}${paths[door].heartbeat}`, [...leases]);

/** The same requests to the reference. */
export const hellos = (helloUrl: string, leases: readonly string[]): Work =>
  heartbeats(`${helloUrl}${paths.tRPC.heartbeat}`, [...leases]);

/** Activated machines that knock at one license all of whose seats are held. */
export const refusedAcquires = async (
  vendor: Vendor,
  { apiUrl, door, machines }: Target & { machines: number },
): Promise<Work> => {
  const license = await vendor.license({ seats: stormSeats, machineCount: stormSeats + machines });
  const bodies = acquireBodies([license]);
  const url = `${apiUrl}${paths[door].acquire}`;
  for (const body of bodies.splice(0, stormSeats)) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${apiUrl}${paths.REST.acquire}`, { method: "POST", headers, body });
    HeldSeat.parse(await answer.json());
  }
  return {
    url,
    count: bodies.length * knocksPerMachine,
    bodyOf: (index) => take(bodies, index),
    // RATE_LIMITED is 429 too, and would be an answer to another question.
    accepts: (status, body) => status === 429 && body.includes('"code":"SEATS_EXHAUSTED"'),
  };
};

/** Seats that a storm's license has, all held before it begins. */
export const heldPerStorm = stormSeats;
