/**
 * A connection for work that somebody waits for, and that PostgreSQL can do alone.
 *
 * It is **near** or **away**. Near: commands go out at once, those of one tick together, and each has
 * `commandTimeoutMs`. Away, when the socket is down or for `breakMs` after a command took too long:
 * nothing is sent, nothing is queued, and `attempt` says so at once. Nothing is ever sent a second time
 * by the connection itself, so a caller knows that what it was not told happened at most once.
 */
import { Cluster, Redis } from "ioredis";
import { clusterLookMs, readClusterUrl } from "./cluster-address.ts";
import { scripts } from "./scripts.ts";

export interface RedisOptions {
  /** redis:// or rediss://, with the number of a logical database; of any node in a Cluster. */
  readonly url: string;
  readonly cluster?: boolean;
  /** Told of what goes wrong, at most once a second: Redis away is a state, not an error of a caller. */
  readonly onTrouble?: (error: unknown) => void;
  /** Told of every attempt, for those who measure; `seconds` is 0 where nothing was sent. */
  readonly onAttempt?: (outcome: AttemptOutcome, seconds: number) => void;
}

/** `timed_out` is what breaks the connection for a while; `away` was not sent. */
export type AttemptOutcome = "answered" | "failed" | "timed_out" | "away";

/** What `attempt` answers when Redis did not. */
export const away = Symbol("Redis is away");

export interface RedisConnection {
  readonly client: Redis | Cluster;
  isAway(): boolean;
  /** The result of `work`, or `away`; never throws for Redis' sake. */
  attempt<Result>(
    work: (client: Redis | Cluster) => Promise<Result>,
  ): Promise<Result | typeof away>;
  /** Waits until Redis is near, `timeoutMs` at most, and says whether it is. */
  ready(timeoutMs?: number): Promise<boolean>;
  /** Whether Redis answers now. */
  ping(): Promise<boolean>;
  close(): Promise<void>;
}

const commandTimeoutMs = 400;
const breakMs = 1000;
const troubleEveryMs = 1000;
const retryStrategy = (attempt: number): number => Math.min(50 * attempt, 1000);

const shared = {
  commandTimeout: commandTimeoutMs,
  connectTimeout: 2000,
  maxRetriesPerRequest: 0,
  autoResendUnfulfilledCommands: false,
};
const common = {
  enableOfflineQueue: false,
  enableAutoPipelining: true,
  // Already many in one, and awaited by many.
  autoPipeliningIgnoredCommands: ["latchkeyMoveSeats"],
  scripts,
};

const connect = ({ url, cluster = false }: RedisOptions): Redis | Cluster => {
  if (!cluster) return new Redis(url, { ...common, ...shared, retryStrategy });
  const { node, credentials } = readClusterUrl(url);
  return new Cluster([node], {
    ...common,
    clusterRetryStrategy: retryStrategy,
    slotsRefreshTimeout: 2000,
    slotsRefreshInterval: clusterLookMs,
    // What cannot be served now is away now: these would send it again for seconds.
    retryDelayOnClusterDown: 0,
    retryDelayOnFailover: 0,
    redisOptions: { ...shared, ...credentials },
  });
};

/** Connects in the background and for good: it returns at once and comes back by itself. */
export const connectRedis = (options: RedisOptions): RedisConnection => {
  const client = connect(options);
  let brokenUntilMs = 0;
  let quietUntilMs = 0;

  const trouble = (error: unknown): void => {
    if (performance.now() < quietUntilMs) return;
    quietUntilMs = performance.now() + troubleEveryMs;
    options.onTrouble?.(error);
  };
  client.on("error", trouble);

  const isAway = (): boolean => client.status !== "ready" || performance.now() < brokenUntilMs;

  const attempt: RedisConnection["attempt"] = async (work) => {
    if (isAway()) {
      options.onAttempt?.("away", 0);
      return away;
    }
    const startedMs = performance.now();
    const tell = (outcome: AttemptOutcome): void =>
      options.onAttempt?.(outcome, (performance.now() - startedMs) / 1000);
    try {
      const result = await work(client);
      tell("answered");
      return result;
    } catch (error) {
      const timedOut = error instanceof Error && error.message === "Command timed out";
      if (timedOut) brokenUntilMs = performance.now() + breakMs;
      tell(timedOut ? "timed_out" : "failed");
      trouble(error);
      return away;
    }
  };

  return {
    client,
    isAway,
    attempt,
    ready: (timeoutMs = 5000) =>
      new Promise((resolve) => {
        if (client.status === "ready") return resolve(true);
        const onReady = () => {
          clearTimeout(timer);
          resolve(true);
        };
        const timer = setTimeout(() => {
          client.off("ready", onReady);
          resolve(false);
        }, timeoutMs);
        client.once("ready", onReady);
      }),
    ping: async () => (await attempt((redis) => redis.ping())) === "PONG",
    close: async () => {
      if (isAway()) return client.disconnect();
      await client.quit().catch(() => client.disconnect());
    },
  };
};
