import { createHash } from "node:crypto";
import { createRateLimit } from "@latchkey/redis";
import type { RateLimit, RedisConnection } from "@latchkey/redis";
import { endpoints } from "./endpoints.ts";
import type { Endpoint } from "./endpoints.ts";

type Scope = "perAddress" | "perAccountAndAddress" | "perAccount";

const scopes: readonly Scope[] = ["perAddress", "perAccountAndAddress", "perAccount"];

const keyFor = (
  scope: Scope,
  { address, email }: { address: string; email: string | null },
): string | null => {
  // Hashed, so that Redis is no list of who our customers are.
  const account = email && createHash("sha256").update(email).digest("base64url");
  if (scope === "perAddress") return address;
  if (account === null) return null;
  return scope === "perAccount" ? account : `${account}:${address}`;
};

/** Counts a use of an endpoint by every limit it has. Throws RATE_LIMITED with the seconds to wait. */
export const createAuthLimits = (redis: RedisConnection) => {
  const limitsOf = (path: string, endpoint: Endpoint): [Scope, RateLimit][] =>
    scopes.flatMap((scope): [Scope, RateLimit][] => {
      const limit = endpoint[scope];
      if (!limit) return [];
      return [[scope, createRateLimit(redis, { name: `auth:${path}:${scope}`, ...limit })]];
    });
  const limits = new Map(
    Object.entries(endpoints).map(([path, endpoint]) => [path, limitsOf(path, endpoint)]),
  );
  return async (path: string, by: { address: string; email: string | null }): Promise<void> => {
    for (const [scope, limit] of limits.get(path) ?? []) {
      const key = keyFor(scope, by);
      if (key !== null) await limit(key);
    }
  };
};
