/** Every key of seats begins so. */
export const seatsPrefix = "latchkey:seats:";

/** Where a license's seats are kept. The hash tag puts all keys of a license in one slot of a Cluster. */
export const seatsKey = (licenseId: string): string => `${seatsPrefix}{${licenseId}}`;

/** In ms. A set without use goes; what is missing is rebuilt. Longer than any lease. */
export const keepMs = 3_600_000;
