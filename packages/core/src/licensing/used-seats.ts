/** How many seats of a license are in use, as people are told: a second old at most, and decided by nothing. */
export interface UsedSeats {
  tell(licenseId: string, used: number): void;
  /** The newest figure; null when none was told, or not for a second. */
  find(licenseId: string): number | null;
}

const freshMs = 1000;
/** Of the licenses that were told of since it was last emptied. */
const maxLicenses = 20_000;

export const createUsedSeats = (): UsedSeats => {
  const told = new Map<string, { used: number; atMs: number }>();
  return {
    tell: (licenseId, used) => {
      if (told.size >= maxLicenses) told.clear();
      told.set(licenseId, { used, atMs: performance.now() });
    },
    find: (licenseId) => {
      const newest = told.get(licenseId);
      return newest && performance.now() - newest.atMs < freshMs ? newest.used : null;
    },
  };
};
