import { createHash } from "node:crypto";
import { createRateLimit } from "@latchkey/redis";
import type { RateLimit, RedisConnection } from "@latchkey/redis";
import { endpoints } from "./endpoints.ts";
import type { Endpoint } from "./endpoints.ts";

type Scope = "perAddress" | "perAccountAndAddress" | "perAccount";

const scopes: readonly Scope[] = ["perAddress", "perAccountAndAddress", "perAccount"];

interface Caller {
  readonly address: string;
  /** The account that the request names. */
  readonly email: string | null;
}

const keyFor = (scope: Scope, { address, email }: Caller): string | null => {
  // Hashed, so that Redis is no list of who our customers are.
  const account = email && createHash("sha256").update(email).digest("base64url");
  if (scope === "perAddress") return address;
  if (account === null) return null;
  return scope === "perAccount" ? account : `${account}:${address}`;
};

export interface AuthLimits {
  /** Counts a use of an endpoint by every limit it has. Throws RATE_LIMITED with the seconds to wait. */
  count(path: string, by: Caller): Promise<void>;
  /** Forgets the guesses of somebody who gave the right password, so that signing in often is no crime. */
  forgetGuesses(path: string, by: Caller): Promise<void>;
}

/** The limits of endpoints.ts, counted on Redis for all nodes. */
export const createAuthLimits = (redis: RedisConnection): AuthLimits => {
  const limitsOf = (path: string, endpoint: Endpoint): [Scope, RateLimit][] =>
    scopes.flatMap((scope): [Scope, RateLimit][] => {
      const limit = endpoint[scope];
      if (!limit) return [];
      return [[scope, createRateLimit(redis, { name: `auth:${path}:${scope}`, ...limit })]];
    });
  const limits = new Map(
    Object.entries(endpoints).map(([path, endpoint]) => [path, limitsOf(path, endpoint)]),
  );
  return {
    count: async (path, by) => {
      for (const [scope, limit] of limits.get(path) ?? []) {
        const key = keyFor(scope, by);
        if (key !== null) await limit.consume(key);
      }
    },
    forgetGuesses: async (path, by) => {
      for (const [scope, limit] of limits.get(path) ?? []) {
        const key = keyFor(scope, by);
        if (scope === "perAccountAndAddress" && key !== null) await limit.forget(key);
      }
    },
  };
};
