import { z } from "zod";

/** What a process must be told to reach Redis. */
export const redisEnvironment = {
  REDIS_URL: z.url({
    protocol: /^rediss?$/,
    error: "must be a Redis URL such as redis://localhost:6379/0",
  }),
  /** Whether REDIS_URL names one node of a Redis Cluster. */
  REDIS_CLUSTER: z.stringbool({ error: "must be true or false" }).default(false),
};
