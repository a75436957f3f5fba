import type { Request } from "express";

/**
 * Where a request came from, as `trust proxy` reads it. An IPv4 caller is written as IPv4 also when the
 * socket listens on IPv6 (RFC 4291, 2.5.5.2), so that one caller has one address in limits and the audit
 * trail. Null when the connection is already gone.
 */
export const callerAddress = ({ ip }: Pick<Request, "ip">): string | null =>
  ip?.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, "") ?? null;
