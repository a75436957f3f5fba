/** How many seats of a license are in use, as people are told: seconds old at most, and decided by nothing. */
export interface UsedSeats {
  tell(licenseId: string, used: number, by: keyof typeof freshMs): void;
  /** The newest figure; null when none was told lately. */
  find(licenseId: string): number | null;
  forget(licenseId: string): void;
}

/**
 * Redis tells anew with each heartbeat. When its answer is late, as in an overload, an older one will do:
 * to count in PostgreSQL would add to the load just then.
 */
const freshMs = { redis: 10_000, postgresql: 1000 } as const;
/** Of the licenses that were told of since it was last emptied. */
const maxLicenses = 20_000;

/** A memory of one process, empty to begin with. */
export const createUsedSeats = (): UsedSeats => {
  const told = new Map<string, { used: number; untilMs: number }>();
  return {
    tell: (licenseId, used, by) => {
      if (told.size >= maxLicenses) told.clear();
      told.set(licenseId, { used, untilMs: performance.now() + freshMs[by] });
    },
    find: (licenseId) => {
      const newest = told.get(licenseId);
      return newest && performance.now() < newest.untilMs ? newest.used : null;
    },
    forget: (licenseId) => void told.delete(licenseId),
  };
};
