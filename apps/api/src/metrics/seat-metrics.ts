import type { Observation, Observe } from "@latchkey/core/ports";
import { Counter, Histogram } from "prom-client";
import type { Registry } from "prom-client";

/** What the core observes on the seat path, as counters and histograms. */
export const createSeatMetrics = (registry: Registry): Observe => {
  const registers = [registry];
  const leaseAge = new Histogram({
    name: "latchkey_heartbeat_lease_age_seconds",
    help: "Age of the lease that a renewed heartbeat presented; its count is the heartbeats",
    // Close around the rhythm of 300 s and the end of the lease at 360 s; the last is the end of the grace.
    buckets: [30, 150, 240, 285, 300, 315, 330, 345, 360, 390, 450, 600, 1200, 2160],
    registers,
  });
  const refusals = new Counter({
    name: "latchkey_refusals_total",
    help: "Signed refusals by code: SEATS_EXHAUSTED, SESSION_ENDED or a validation code",
    labelNames: ["code"],
    registers,
  });
  const stormMemoryHits = new Counter({
    name: "latchkey_storm_memory_hits_total",
    help: "Refusals by what this process remembered of a full license, without asking PostgreSQL",
    registers,
  });
  const size = new Histogram({
    name: "latchkey_group_commit_size",
    help: "Calls that shared one transaction",
    labelNames: ["work"],
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const wait = new Histogram({
    name: "latchkey_group_commit_wait_seconds",
    help: "How long the first heartbeat of a group waited for its transaction to begin",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1],
    registers,
  });
  const duration = new Histogram({
    name: "latchkey_group_commit_duration_seconds",
    help: "How long the transaction of a group took, its commit and any wait for a connection with it",
    labelNames: ["work"],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });

  return (observation: Observation) => {
    switch (observation.kind) {
      case "heartbeat":
        return leaseAge.observe(observation.leaseAgeSeconds);
      case "refusal":
        return refusals.inc({ code: observation.code });
      case "storm_memory_hit":
        return stormMemoryHits.inc();
      case "group_commit": {
        const { work } = observation;
        size.observe({ work }, observation.size);
        if (observation.waitSeconds !== undefined) wait.observe(observation.waitSeconds);
        return duration.observe({ work }, observation.commitSeconds);
      }
    }
  };
};
