import { DomainError } from "@latchkey/contracts";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { RedisConnection } from "./connection.ts";
import { createFirstUses } from "./first-uses.ts";

/** Uses per minute (design.md section 5). */
export const usesPerMinute = { acquire: 10, stranger: 60, heartbeat: 20, validate: 60 } as const;

/**
 * Uses of a key and minute that a node counts by itself, before it counts them for all nodes on Redis: a client sends a
 * heartbeat in five minutes, and one that found no seat asks again after half a minute. So one that asks n nodes in
 * turn has 15 + 5n heartbeats and 5 + 5n acquires a minute. Both count in windows of a minute, which begin at different
 * times: around the end of one, as with every counter that starts anew, up to twice as many may pass within seconds.
 */
export const usesCountedLocally = 5;

type LimitName = keyof typeof usesPerMinute;

/**
 * How often one machine, session or license may ask; never an address alone, since 500 desktops
 * behind one are normal. Counted on Redis for all nodes, but for a machine's first acquires and a session's first
 * heartbeats of a minute; in this process while Redis is away. Every method throws RATE_LIMITED with the seconds to wait.
 */
export interface RateLimits {
  acquire(by: { licenseId: string; fingerprint: string }): Promise<void>;
  /** An acquire by a fingerprint that the license does not know: the caller chooses those. */
  stranger(by: { licenseId: string }): Promise<void>;
  heartbeat(by: { sessionId: string }): Promise<void>;
  validate(by: { licenseId: string; address: string | null }): Promise<void>;
}

const windowSeconds = 60;

export interface RateLimit {
  /** Counts one use by `key`; throws RATE_LIMITED with the seconds to wait when it is one too many. */
  consume(key: string): Promise<void>;
  /** Counts anew from nothing: who proved to be right is no longer guessing. */
  forget(key: string): Promise<void>;
}

/** A limit of `uses` per `seconds` and key, counted for all nodes; `name` keeps limits apart. */
export const createRateLimit = (
  connection: RedisConnection,
  { name, uses, seconds }: { name: string; uses: number; seconds: number },
): RateLimit => {
  const inProcess = new RateLimiterMemory({ points: uses, duration: seconds });
  const onRedis = new RateLimiterRedis({
    storeClient: connection.client,
    keyPrefix: `latchkey:rate:${name}`,
    points: uses,
    duration: seconds,
    // Who is over the limit is refused here, so that hammering costs Redis nothing.
    inMemoryBlockOnConsumed: uses + 1,
    insuranceLimiter: inProcess,
  });
  const limiter = () => (connection.isAway() ? inProcess : onRedis);
  const consume = async (key: string): Promise<void> => {
    try {
      await limiter().consume(key);
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const retryAfterSeconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      const detail = `Too many requests; try again in ${retryAfterSeconds} s.`;
      throw new DomainError("RATE_LIMITED", { retryAfterSeconds }, detail);
    }
  };
  const forget = async (key: string): Promise<void> => {
    await limiter().delete(key);
  };
  return { consume, forget };
};

/** The limits of the seat path. */
export const createRateLimits = (connection: RedisConnection): RateLimits => {
  const limitOf = (name: LimitName, countedBefore = 0): RateLimit["consume"] =>
    createRateLimit(connection, {
      name,
      uses: usesPerMinute[name] - countedBefore,
      seconds: windowSeconds,
    }).consume;
  const limitAfterFirstUses = (name: LimitName): RateLimit["consume"] => {
    const firstUses = createFirstUses({ uses: usesCountedLocally, seconds: windowSeconds });
    const consume = limitOf(name, usesCountedLocally);
    return async (key) => {
      if (!firstUses.take(key)) await consume(key);
    };
  };
  const acquire = limitAfterFirstUses("acquire");
  const stranger = limitOf("stranger");
  const heartbeat = limitAfterFirstUses("heartbeat");
  const validate = limitOf("validate");
  return {
    acquire: ({ licenseId, fingerprint }) => acquire(`${licenseId}:${fingerprint}`),
    stranger: ({ licenseId }) => stranger(licenseId),
    heartbeat: ({ sessionId }) => heartbeat(sessionId),
    validate: ({ licenseId, address }) => validate(`${licenseId}:${address ?? "unknown"}`),
  };
};
