import { Redis } from "ioredis";
import { OperatorError } from "./operator-error.ts";

const reasonOf = (message: string, { host, hostname }: URL): string => {
  if (/ECONNREFUSED/.test(message))
    return `nothing listens at ${host}; start that server or correct the address`;
  if (/ENOTFOUND|EAI_AGAIN/.test(message)) return `there is no host ${hostname}; correct the name`;
  if (/ETIMEDOUT|timed? ?out/i.test(message))
    return `${host} does not answer; check the address and the firewall`;
  if (/NOAUTH|WRONGPASS|AUTH/.test(message)) return "the server refuses the password; correct it";
  return `the server says "${message}"; correct it`;
};

/** Checks that a Redis answers at `redisUrl`. Throws OperatorError that names REDIS_URL, without the password. */
export const demandRedis = async (redisUrl: string): Promise<void> => {
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let message = "";
  redis.on("error", (error: Error) => (message = error.message));
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const text = message || (error instanceof Error ? error.message : "nothing");
    throw new OperatorError(
      `REDIS_URL cannot be used: ${reasonOf(text, new URL(redisUrl))}, or unset REDIS_URL to use a private server.`,
      { cause: error },
    );
  } finally {
    redis.disconnect();
  }
};
