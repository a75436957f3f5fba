import { toSeconds } from "./lease-rules.ts";

export interface FileTerm {
  readonly iat: number;
  readonly exp: number;
}

/**
 * From when to when a license file is good, in seconds since the epoch: as long as asked for, and no
 * longer than the license. Null when the license ends within the second.
 */
export const fileTermOf = ({
  now,
  ttlSeconds,
  licenseExpiresAt,
}: {
  now: Date;
  ttlSeconds: number;
  licenseExpiresAt: Date | null;
}): FileTerm | null => {
  const iat = toSeconds(now);
  const exp = Math.min(
    iat + ttlSeconds,
    licenseExpiresAt ? toSeconds(licenseExpiresAt) : Number.POSITIVE_INFINITY,
  );
  return exp > iat ? { iat, exp } : null;
};
