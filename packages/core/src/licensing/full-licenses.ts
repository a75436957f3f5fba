/**
 * Licenses of which PostgreSQL said, within the last second, that all seats are held, and by whom: in a
 * storm it is asked once per license and second, with Redis and without. A judgement is **fresh** for
 * `freshMs` from before it began, and no longer than until the first of those seats expires; it can only refuse,
 * and never a machine that holds a seat by it. A seat that is freed by this process ends it, also a judgement
 * that is under way.
 */
import type { CountedSeat } from "@latchkey/redis";
import type { LicenseRow } from "./license-store.ts";
import { createShortMemory } from "./short-memory.ts";

export interface FullLicense {
  readonly license: Pick<LicenseRow, "id" | "organizationId" | "keyHash" | "maxSeats">;
  readonly usedSeats: number;
  readonly seats: readonly CountedSeat[];
  /** Active machines by fingerprint; not all, where the license has many. */
  readonly machineIds: ReadonlyMap<string, string>;
  /** PostgreSQL's time when it judged, which refusals say: a lease granted after it elsewhere outlives them. */
  readonly at: Date;
}

export interface FullLicenses {
  isFull(licenseId: string): boolean;
  /** The machine of a fingerprint, as PostgreSQL judged; null where that does not say. */
  findMachineId(machine: {
    readonly licenseId: string;
    readonly fingerprint: string;
  }): string | null;
  /** The fresh judgement on the license behind this key, unless the machine holds a seat by it. */
  find(wanted: {
    readonly licenseId: string;
    readonly keyHash: Buffer;
    readonly machineId: string | null;
  }): FullLicense | null;
  /** Remembers a judgement; `startedMs` is when it began, by `performance.now()`. */
  remember(full: FullLicense, startedMs: number): void;
  forget(licenseId: string): void;
}

const freshMs = 1000;
/** Licenses, their machines and the holders of their seats, together: some tens of megabytes. */
export const mostRemembered = 200_000;
/** No judgement is under way for longer. */
const longestJudgementMs = 60_000;

interface Remembered {
  readonly full: FullLicense;
  readonly holderIds: ReadonlySet<string>;
  readonly untilMs: number;
}

/** A memory of one process, empty to begin with. */
export const createFullLicenses = (): FullLicenses => {
  const remembered = createShortMemory<Remembered>(freshMs, {
    most: mostRemembered,
    sizeOf: ({ full }) => 1 + full.machineIds.size + full.seats.length,
  });
  const forgottenAtMs = createShortMemory<number>(longestJudgementMs);
  const fresh = (licenseId: string): Remembered | undefined => {
    const known = remembered.get(licenseId);
    return known && performance.now() < known.untilMs ? known : undefined;
  };
  return {
    isFull: (licenseId) => fresh(licenseId) !== undefined,
    findMachineId: ({ licenseId, fingerprint }) =>
      fresh(licenseId)?.full.machineIds.get(fingerprint) ?? null,
    find: ({ licenseId, keyHash, machineId }) => {
      const known = fresh(licenseId);
      if (!known) return null;
      if (machineId === null || known.holderIds.has(machineId)) return null;
      return known.full.license.keyHash.equals(keyHash) ? known.full : null;
    },
    remember: (full, startedMs) => {
      const { id } = full.license;
      if ((forgottenAtMs.get(id) ?? -Infinity) >= startedMs) return;
      const soonestMs = full.seats.reduce((least, { ttlMs }) => Math.min(least, ttlMs), freshMs);
      remembered.set(id, {
        full,
        holderIds: new Set(full.seats.map(({ machineId }) => machineId)),
        untilMs: startedMs + soonestMs,
      });
    },
    forget: (licenseId) => {
      forgottenAtMs.set(licenseId, performance.now());
      remembered.drop(licenseId);
    },
  };
};
