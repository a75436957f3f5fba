import { licenseFileTtlSeconds } from "@latchkey/contracts";

const withoutEndSeconds = 30 * 24 * 3600;

/**
 * For how many seconds the file in a license's mail is good: to the license's end, or 30 days where
 * it has none; within what the contract allows for any file. Rounded up, since the checkout itself
 * cuts a file off where its license ends.
 */
export const mailedFileTtlSeconds = (expiresAt: Date | null, now: Date): number => {
  const seconds =
    expiresAt === null
      ? withoutEndSeconds
      : Math.ceil((expiresAt.getTime() - now.getTime()) / 1000);
  return Math.min(Math.max(seconds, licenseFileTtlSeconds.min), licenseFileTtlSeconds.max);
};
