import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";
import type { Metrics } from "./create-metrics.ts";

/** What calls of Redis and the wait for PostgreSQL's connections cost. */
export const createServerMetrics = (
  registry: Registry,
): Pick<Metrics, "onRedisAttempt" | "onPoolWait"> => {
  const registers = [registry];
  const attempts = new Histogram({
    name: "latchkey_redis_attempt_duration_seconds",
    help: "Time of the work that was tried on Redis, by outcome: answered, failed or timed_out",
    labelNames: ["outcome"],
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
    registers,
  });
  const breaks = new Counter({
    name: "latchkey_redis_breaks_total",
    help: "Commands that took too long, each of which leaves Redis out for a second",
    registers,
  });
  const skipped = new Counter({
    name: "latchkey_redis_skipped_total",
    help: "Work that was not tried, Redis being away: PostgreSQL did it alone",
    registers,
  });
  const waits = new Histogram({
    name: "latchkey_postgres_pool_wait_seconds",
    help: "Time in line for a connection of the pool, of those who found none free",
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  });
  return {
    onRedisAttempt: (outcome, seconds) => {
      if (outcome === "away") return skipped.inc();
      if (outcome === "timed_out") breaks.inc();
      attempts.observe({ outcome }, seconds);
    },
    onPoolWait: (seconds) => waits.observe(seconds),
  };
};
