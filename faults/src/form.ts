/** How hard a run tries: short within `npm test`, long by `npm run faults`, which sets these variables. */
import { z } from "zod";
import type { RedisKind } from "./house/redis-part.ts";

const { FAULTS_FORM: name, FAULTS_SEED: seed } = z
  .object({
    FAULTS_FORM: z.enum(["short", "long"]).default("short"),
    FAULTS_SEED: z.coerce.number().int().default(1),
  })
  .parse(process.env);

const sizes = {
  short: {
    machines: 160,
    licenses: 8,
    heartbeats: 30,
    burst: 45,
    rounds: 1,
    jobs: 30,
    interruptions: 2,
  },
  long: {
    machines: 900,
    licenses: 24,
    heartbeats: 1500,
    burst: 400,
    rounds: 4,
    jobs: 30,
    interruptions: 5,
  },
} as const;

/**
 * `heartbeats` are waited for before, during and after each fault; `burst` machines, some nine calls
 * each, keep the API as busy as it can be while it is killed; `rounds` is how often a fault that can
 * be repeated happens; `jobs` is how many may get lost while Redis is emptied, each of which the worker takes up
 * anew after a silence of 15 s; `interruptions` is in how many ways a run of these very tests is ended.
 */
export const form = { ...sizes[name], name, seed };

const kinds = { single: "one Redis", cluster: "a Redis Cluster" } as const;

/**
 * For `describe.each`: on which Redis a file's faults happen, with a name for the title. At length each
 * happens on both; `short` is what there is time for within `npm test`.
 */
export const redisKinds = (...short: readonly RedisKind[]): readonly [string, RedisKind][] =>
  (name === "long" ? (["single", "cluster"] as const) : short).map((kind) => [kinds[kind], kind]);
